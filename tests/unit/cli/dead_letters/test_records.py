"""Records whose content failed, back onto the stream: each once, and no longer than it lasts."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from shared.aws import clients
from shared.aws.queues import dead_letter_queues
from shared.aws.queues.dead_letters import MOST_BYTES, SqsDeadLetters
from shared.records import DECIDED
from tests.unit.cli.dead_letters.account import Aws, dead_letter, read, record, redriven, run


@pytest.mark.parametrize("large", [False, True])
def test_records_go_back_onto_the_stream_and_again_there_is_nothing(aws: Aws, large: bool) -> None:
    data = record(text="x" * (MOST_BYTES * 3 // 4 if large else 10))
    decided = DECIDED + b'{"a":1},"record":' + record("u2") + b"}"
    assert (
        SqsDeadLetters(aws.process, "workspace").put([dead_letter(data), dead_letter(decided, "user:u2")])
        == []
    )

    assert redriven("process") == {"waited": 2, "brought_back": 2}
    assert sorted(aws.on_the_stream()) == [("user:u1", data), ("user:u2", decided)]
    assert run("retry", "process").stdout == "process: nothing waits\n"
    assert len(aws.on_the_stream()) == 2


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("not json", "`process` did not write it"),
        ("[]", "`process` did not write it"),
        ('{"key": "user:u1", "data": "!"}', "cannot read it"),
        (dead_letter(b"garbage").decode(), "cannot read it"),
        (dead_letter(DECIDED + b'{},"record":{}}').decode(), "cannot read it"),
        (
            '{"key": "user:u1", "data": null, "stored_at": "rejected/dead-letters/gone"}',
            "has expired",
        ),
    ],
)
def test_what_can_never_be_mended_is_left_and_said_and_saved_or_dropped_when_asked(
    aws: Aws, body: str, why: str, tmp_path: Path
) -> None:
    aws.send(aws.process, body, dead_letter(record()).decode())

    ended = run("retry", "process")

    assert ended.exit_code == 1
    assert "process: 1 retried, 1 can never be retried" in ended.stdout
    assert why in ended.stdout
    assert "--save never.jsonl" in ended.stdout
    assert "/dev/null" not in ended.stdout
    assert len(aws.on_the_stream()) == 1

    file = tmp_path / "kept.jsonl"
    ended = run("retry", "process", "--save", str(file))
    assert ended.exit_code == 0
    assert str(file) in ended.stdout.replace("\n", "")
    assert file.stat().st_mode & 0o777 == 0o600, "there are people in it"
    [kept] = [json.loads(line) for line in file.read_text().splitlines()]
    assert kept["content"] == body
    assert aws.bodies(aws.process) == []
    aws.send(aws.process, body)
    assert run("retry", "process", "--save", os.devnull).exit_code == 0
    assert aws.bodies(aws.process) == []


def test_what_is_suggested_for_those_that_can_never_be_retried_retries_no_others(aws: Aws) -> None:
    aws.send(aws.process, dead_letter(b"hello", error="JSONDecodeError").decode())
    aws.send(aws.process, dead_letter(record()).decode())
    [one] = [row["id"] for row in read("list", "process", "--cause", "JSONDecodeError")]

    by_id, by_cause = (
        run("retry", *which).stdout for which in ((one,), ("process", "--cause", "JSONDecodeError"))
    )

    assert f"retry {one} --save never.jsonl\n" in by_id
    assert "retry process --cause JSONDecodeError --save never.jsonl\n" in by_cause


def test_no_progress_is_drawn_where_nobody_watches(aws: Aws) -> None:
    assert (run("retry", "--all").stderr, run("discard", "--all", "--no-file", "--yes").stderr) == ("", "")


def test_what_fails_again_while_it_is_brought_back_waits_for_the_next_time(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cause is still there: each record is in the queue again before the next one is taken out of it."""
    for number in range(25):
        aws.send(aws.process, dead_letter(record(f"u{number}")).decode())
    delete: Any = dead_letter_queues.delete

    def failing_again(url: str, letters: Any) -> Any:
        for one in letters:
            aws.send(aws.process, one.body)
        return delete(url, letters)

    monkeypatch.setattr(dead_letter_queues, "delete", failing_again)

    said = redriven("process")

    assert (said["waited"], said["brought_back"]) == (25, 25)
    assert len(aws.on_the_stream()) == 25
    assert len(aws.bodies(aws.process)) == 25


def test_what_the_stream_does_not_take_stays_and_its_neighbours_go(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    for user in ("u1", "u2", "u3"):
        aws.send(aws.process, dead_letter(record(user), f"user:{user}").decode())
    real = clients.client("kinesis").put_records

    def throttled(**asked: Any) -> Any:
        ours = [one for one in asked["Records"] if one["PartitionKey"] == "user:u2"]
        others = [one for one in asked["Records"] if one not in ours]
        if others:
            real(StreamName=asked["StreamName"], Records=others)
        return {
            "FailedRecordCount": len(ours),
            "Records": [
                {"ErrorCode": "Throttled"} if one in ours else {"SequenceNumber": "1", "ShardId": "s"}
                for one in asked["Records"]
            ],
        }

    monkeypatch.setattr(clients.client("kinesis"), "put_records", throttled)
    monkeypatch.setattr("shared.aws.item_retries.FIRST_PAUSE", 0)

    ended = run("retry", "process")

    assert ended.exit_code == 1
    assert ended.stdout == "process: 2 retried, 1 not accepted by AWS, and still there\n"
    assert sorted(key for key, _ in aws.on_the_stream()) == ["user:u1", "user:u3"]
    assert len(aws.bodies(aws.process)) == 1


def test_one_that_sqs_does_not_delete_is_said_and_not_brought_back_twice_in_one_go(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.send(aws.process, dead_letter(record()).decode())
    sqs = clients.client("sqs")
    monkeypatch.setattr(
        sqs, "delete_message_batch", lambda **_: {"Failed": [{"Id": "0", "Code": "InternalError"}]}
    )
    monkeypatch.setattr(dead_letter_queues, "HELD_SECONDS", 0)

    assert redriven("process") == {"waited": 1, "brought_back": 1, "not_deleted": 1}
    assert len(aws.on_the_stream()) == 1
