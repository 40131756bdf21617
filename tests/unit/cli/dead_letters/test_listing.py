"""`headrace deadletters` on moto: what waits, since when and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import typed
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
    assert causes(rows["process"]) == {"ValueError": 2, "E": 1}
    assert causes(rows["Orders"]) == {"NO_PERMISSIONS": 1}
    assert causes(rows["send-sms"]) == {"SendFailed": 1}
    assert causes(rows["given-up"]) == {"RetryAttemptsExhausted": 1}
    age = datetime.now(UTC) - datetime.fromisoformat(rows["process"]["oldest"])
    assert timedelta(minutes=-1) < age < timedelta(minutes=1)
    shown = run("list").stdout
    example = rows["process"]["causes"][0]["example"]
    assert f"headrace deadletters show {example[:16]}" in shown
    assert "headrace deadletters retry process --cause ValueError --dry-run" in shown
    assert "Nothing waits in: tee, archive" in shown
    assert len(aws.bodies(aws.process)) == 3, "given back at once"


def test_what_is_to_be_discarded_has_the_command_for_it(aws: Aws) -> None:
    aws.send(aws.process, dead_letter(b"hello", error="JSONDecodeError").decode())
    aws.send(aws.process, dead_letter(record(), error="KeyError").decode())

    shown = run("list").stdout

    assert "headrace deadletters discard process --cause JSONDecodeError\n" in shown
    assert "discard process --cause KeyError" not in shown


def test_others_than_those_of_a_cause_are_not_said_to_be_looked_at_by_somebody(aws: Aws) -> None:
    aws.send(aws.process, dead_letter(record()).decode())

    shown = run("list", "--cause", "nope").stdout

    assert "somebody else" not in shown
    assert "Of other causes: ValueError\n" in shown
    assert run("list", "process", "--cause", "nope").stdout == "Nothing waits with this cause.\n"


def causes(row: Any) -> dict[str, int]:
    return {one["cause"]: one["count"] for one in row["causes"]}


def test_a_queue_that_is_gone_is_said_and_hides_no_other(aws: Aws) -> None:
    aws.sqs.delete_queue(QueueUrl=aws.sms_dead)
    aws.send(aws.tee_dead, "x")

    rows = {row["name"]: row for row in read()}

    assert "NonExistentQueue" in rows["send-sms"]["problem"]
    assert rows["tee"]["waiting"] == 1
    ended = run("retry", "send-sms")
    assert isinstance(ended.exception, Problem)


def test_a_name_that_is_none_is_told_which_there_are(aws: Aws) -> None:
    ended = run("retry", "zzz")

    assert isinstance(ended.exception, Problem)
    assert ended.exception.advice == "There are: process, given-up, tee, Orders, archive, send-sms."


def test_only_the_first_are_looked_at_unless_all_are_asked_for_and_that_is_said(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.commands.dead_letters.looking.LOOKED_AT", 10)
    for number in range(25):
        aws.send(aws.process, dead_letter(b"%d" % number).decode())

    first, every = (
        next(row for row in read("list", *options) if row["name"] == "process")
        for options in ((), ("--all",))
    )

    assert (first["waiting"], causes(first), first["all_looked_at"]) == (25, {"ValueError": 10}, False)
    assert (every["waiting"], causes(every), every["all_looked_at"]) == (25, {"ValueError": 25}, True)
    assert "10+ of 25" in run("list").stdout


def test_what_sqs_is_about_to_delete_is_said(aws: Aws) -> None:
    aws.sqs.set_queue_attributes(QueueUrl=aws.tee_dead, Attributes={"MessageRetentionPeriod": "86400"})
    aws.send(aws.tee_dead, "x")

    assert "SQS deletes the oldest in 23 hours" in run("list").stdout
    aws.sqs.set_queue_attributes(QueueUrl=aws.tee_dead, Attributes={"MessageRetentionPeriod": "1209600"})
    assert "SQS deletes" not in run("list").stdout


def test_with_a_name_they_are_listed_one_by_one_without_anything_of_a_person(aws: Aws) -> None:
    for user in ("ann@example.com", "bob@example.com"):
        aws.send(aws.process, dead_letter(record(user, "secret words"), f"user:{user}").decode())
    aws.send(aws.process, dead_letter(record(), error="Refused").decode())

    shown = run("list", "process", "--cause", "valueerror").stdout

    assert len(shown.splitlines()) == 2
    assert "source shop" in shown
    assert "1 View Item" in shown
    assert "example.com" not in shown
    assert "secret words" not in shown
    assert len(read("list", "process", "--limit", "1")) == 1


def test_the_verb_alone_and_under_its_earlier_name_lists_too(aws: Aws) -> None:
    aws.send(aws.process, dead_letter(b"1").decode())

    for arguments in (["deadletters"], ["dead-letters"], ["dead-letters", "list"]):
        assert "ValueError" in CliRunner().invoke(typed, arguments).stdout
    said = CliRunner().invoke(typed, ["dead-letters", "redrive", "tee"])
    assert said.stdout == "tee: nothing waits\n"
