"""Batches that Lambda gave up, back onto the stream, whatever of them it takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.dead_letters.retrying import MOST_PAUSES, TOO_LARGE
from shared.aws.queues import given_up
from shared.aws.streams.stream import KinesisStream
from shared.failures import Unwritten
from tests.unit.cli.dead_letters.account import Aws, record, redriven, run


def test_batches_that_were_given_up_go_onto_the_stream_and_what_is_none_stays(
    aws: Aws, tmp_path: Path
) -> None:
    for number in range(3):
        aws.give_up(f"aws/{number}", record(f"u{number}"), record("both"))
    aws.s3.put_object(Bucket="given-up", Key="aws/strange", Body=b"hello")

    said = redriven("given-up")

    assert (said["waited"], said["brought_back"]) == (4, 3)
    assert len(aws.on_the_stream()) == 6
    assert aws.given_up() == ["aws/strange"]
    file = tmp_path / "kept.jsonl"
    assert run("retry", "given-up", "--save", str(file)).exit_code == 0
    assert json.loads(file.read_text())["content"] == "hello"
    assert aws.given_up() == []


def limited(monkeypatch: pytest.MonkeyPatch, *takes: int, refuses: bytes | None = None) -> list[bytes]:
    """A stream that takes so many records of each call, then none; what it took. Every try is one call."""
    taken: list[bytes] = []
    room = list(takes)

    def put(_: KinesisStream, entries: Any) -> Unwritten:
        most = room.pop(0) if room else 0
        refused = [position for position, entry in enumerate(entries) if entry.data == refuses]
        others = [position for position in range(len(entries)) if position not in refused]
        taken.extend(entries[position].data for position in others[:most])
        return Unwritten(others[most:], refused)

    monkeypatch.setattr(KinesisStream, "put", put)
    monkeypatch.setattr("cli.dead_letters.retrying.PAUSE_SECONDS", 0)
    return taken


def test_a_batch_that_a_shard_cannot_take_at_once_is_brought_back_all_the_same_each_record_once(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shard takes 1 MB a second, and a batch is up to 6 MB, all of one shard."""
    records = [record(f"u{number}") for number in range(10)]
    aws.give_up("aws/1", *records)
    in_vain = [0] * MOST_PAUSES
    taken = limited(monkeypatch, 3, *in_vain, 3, 0, 3, *in_vain, 3)

    assert redriven("given-up") == {"waited": 1, "brought_back": 1}
    assert taken == records
    assert aws.given_up() == []


def test_of_a_batch_of_which_the_stream_takes_a_part_only_the_others_are_kept(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [record(f"u{number}") for number in range(4)]
    aws.give_up("aws/1", *records)
    other = record("v")
    aws.give_up("aws/2", other)
    with monkeypatch.context() as patched:
        taken = limited(patched, 1, 0, 1)
        assert redriven("given-up") == {"waited": 2, "not_written": 2}
        assert taken == records[:2]
        assert aws.given_up() == ["aws/1", "aws/2"]
        assert [entry.data for entry in given_up.read("given-up", "aws/1").entries] == records[2:]

    assert redriven("given-up") == {"waited": 2, "brought_back": 2}
    assert [data for _, data in aws.on_the_stream()] == [*records[2:], other]


def test_while_the_stream_takes_nothing_every_batch_is_tried_once_and_the_first_longer(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        aws.give_up(f"aws/{number}", record(f"u{number}"))
    tries: list[int] = []

    def put(_: KinesisStream, entries: Any) -> Unwritten:
        tries.append(len(entries))
        return Unwritten(range(len(entries)))

    monkeypatch.setattr(KinesisStream, "put", put)
    monkeypatch.setattr("cli.dead_letters.retrying.PAUSE_SECONDS", 0)

    assert redriven("given-up") == {"waited": 3, "not_written": 3}
    assert len(tries) == 1 + MOST_PAUSES + 2


def test_a_record_that_the_stream_refuses_stays_alone_until_it_is_saved(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    good, bad = record("good"), record("bad")
    aws.give_up("aws/1", good, bad)
    taken = limited(monkeypatch, 1, refuses=bad)

    said = redriven("given-up")
    assert said == {"waited": 1, "never": {TOO_LARGE: 1}}
    assert [entry.data for entry in given_up.read("given-up", "aws/1").entries] == [bad]

    file = tmp_path / "kept.jsonl"
    ended = run("retry", "given-up", "--save", str(file))
    assert ended.exit_code == 0
    [kept] = [json.loads(line) for line in file.read_text().splitlines()]
    assert (kept["id"], kept["reason"]) == ("aws/1", TOO_LARGE)
    aws.s3.put_object(Bucket="given-up", Key="again", Body=kept["content"].encode())
    assert [entry.data for entry in given_up.read("given-up", "again").entries] == [bad]
    assert aws.given_up() == ["again"]
    assert taken == [good]
