"""`headrace dead-letters` on moto: what waits, since when and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cli.problem import Problem
from shared.aws.queues.dead_letters import SqsDeadLetters
from tests.unit.cli.dead_letters.account import Aws, dead_letter, message_requested, read, record, run


def test_every_place_is_listed_with_how_much_waits_since_when_and_why(aws: Aws) -> None:
    assert (
        SqsDeadLetters(aws.process, "workspace").put(
            [dead_letter(b"1"), dead_letter(b"2"), dead_letter(b"3", error="E")]
        )
        == []
    )
    aws.send(aws.sms_dead, message_requested())
    aws.send(aws.orders_dead, "{}", ERROR_CODE="NO_PERMISSIONS", TARGET_ARN=aws.arn(aws.orders))
    aws.give_up("aws/1", record())

    rows = {row["name"]: row for row in read()}

    assert [*rows] == ["process", "given-up", "tee", "Orders", "archive", "send-sms"]
    assert {name: row["waiting"] for name, row in rows.items()} == {
        "process": 3, "given-up": 1, "tee": 0, "Orders": 1, "archive": 0, "send-sms": 1
    }  # fmt: skip
    assert rows["process"]["reasons"] == {"ValueError": 2, "E": 1}
    assert rows["Orders"]["reasons"] == {"NO_PERMISSIONS": 1}
    age = datetime.now(UTC) - datetime.fromisoformat(rows["process"]["oldest"])
    assert timedelta(minutes=-1) < age < timedelta(minutes=1)
    shown = run().stdout
    assert "records of the stream whose content failed: 2 ValueError, 1 E" in shown
    assert "headrace dead-letters redrive NAME" in shown
    assert len(aws.bodies(aws.process)) == 3, "given back at once"


def test_a_queue_that_is_gone_is_said_and_hides_no_other(aws: Aws) -> None:
    aws.sqs.delete_queue(QueueUrl=aws.sms_dead)
    aws.send(aws.tee_dead, "x")

    rows = {row["name"]: row for row in read()}

    assert "NonExistentQueue" in rows["send-sms"]["problem"]
    assert rows["tee"]["waiting"] == 1
    ended = run("redrive", "send-sms")
    assert isinstance(ended.exception, Problem)


def test_a_name_that_is_none_is_told_which_there_are(aws: Aws) -> None:
    ended = run("redrive", "zzz")

    assert isinstance(ended.exception, Problem)
    assert ended.exception.advice == "There are: process, given-up, tee, Orders, archive, send-sms."
