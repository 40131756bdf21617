"""`headrace deadletters discard`: nothing is deleted that is not in a file, unless that is wanted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.problem import Problem
from shared.aws.queues import dead_letter_queues
from tests.unit.cli.dead_letters.account import Aws, dead_letter, read, record, run


def lines(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_each_is_in_a_file_of_its_own_before_it_is_gone(aws: Aws) -> None:
    bodies = [dead_letter(record(f"u{number}")).decode() for number in range(23)]
    aws.send(aws.process, *bodies, tenant="acme")

    said = read("discard", "process", "--yes")

    file = Path(said["file"])
    assert said["discarded"] == 23
    assert sorted(one["content"] for one in lines(file)) == sorted(bodies)
    assert lines(file)[0]["attributes"]["tenant"]["StringValue"] == "acme"
    assert file.stat().st_mode & 0o777 == 0o600, "there are people in it"
    assert aws.bodies(aws.process) == []
    assert aws.on_the_stream() == []
    assert read("discard", "process", "--yes")["discarded"] == 0


def test_by_cause_by_id_and_of_the_bucket(aws: Aws, tmp_path: Path) -> None:
    aws.send(
        aws.process, "not json", dead_letter(record()).decode(), dead_letter(record(), error="E").decode()
    )
    aws.give_up("aws/x-1", record("u1"))
    aws.give_up("aws/x-2", record("u2"))
    file = tmp_path / "f.jsonl"

    assert read("discard", "process", "--cause", "Unreadable", "--to", str(file), "--yes")["discarded"] == 1
    [one] = [row["id"] for row in read("list", "process", "--cause", "E")]
    assert read("discard", one, "given-up:x-1", "--to", str(file), "--yes")["discarded"] == 2

    assert [one["place"] for one in lines(file)] == ["process", "process", "given-up"]
    assert aws.given_up() == ["aws/x-2"]
    assert json.loads(lines(file)[2]["content"])["payload"]
    [left] = aws.bodies(aws.process)
    assert json.loads(left)["error"] == "ValueError"


def test_nothing_is_kept_of_them_only_if_that_is_asked_for(aws: Aws, tmp_path: Path) -> None:
    aws.send(aws.tee_dead, "x")

    assert read("discard", "tee", "--no-file", "--yes") == {
        "places": [{"name": "tee", "discarded": 1}], "discarded": 1, "file": None
    }  # fmt: skip
    assert list(tmp_path.iterdir()) == []
    assert aws.bodies(aws.tee_dead) == []
    assert isinstance(run("discard", "tee", "--no-file", "--to", "x").exception, Problem)


def test_no_empty_file_is_left_where_nothing_was_discarded(aws: Aws, tmp_path: Path) -> None:
    discarded, saved, before = (tmp_path / name for name in ("a.jsonl", "b.jsonl", "c.jsonl"))
    before.touch()

    for arguments in (
        ["discard", "process", "--yes", "--to", str(discarded)],
        ["retry", "process", "--save", str(saved)],
        ["discard", "process", "--yes", "--to", str(before)],
    ):
        assert run(*arguments).exit_code == 0

    assert [*tmp_path.iterdir()] == [before]


def test_where_nobody_can_be_asked_nothing_is_discarded_without_yes(aws: Aws) -> None:
    aws.send(aws.tee_dead, "x")
    ended = run("discard", "tee")
    assert isinstance(ended.exception, Problem)
    assert aws.bodies(aws.tee_dead) == ["x"]


@pytest.mark.parametrize(("answer", "left"), [("n\n", 3), ("y\n", 1)])
def test_somebody_is_asked_with_what_it_is(
    aws: Aws, answer: str, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.send(aws.process, "not json", "nor this", dead_letter(record()).decode())
    monkeypatch.setattr("cli.dead_letters.asking.can_ask", lambda: True)

    ended = run("discard", "process", "--cause", "Unreadable", typed_in=answer)

    assert "Discard 2 of process?" in ended.stdout
    assert len(aws.bodies(aws.process)) == left


def test_a_file_that_cannot_be_written_keeps_them_where_they_are(aws: Aws, tmp_path: Path) -> None:
    aws.send(aws.tee_dead, "x")
    ended = run("discard", "tee", "--to", str(tmp_path / "none" / "f"), "--yes")
    assert isinstance(ended.exception, Problem)
    assert aws.bodies(aws.tee_dead) == ["x"]


def test_of_a_queue_that_others_use_only_what_is_ours_goes_unless_its_id_is_named(aws: Aws) -> None:
    theirs = "arn:aws:sqs:us-east-1:123456789012:billing-payments"
    aws.send(aws.orders_dead, "pay invoice 7", TARGET_ARN=theirs)
    aws.send(aws.orders_dead, "an order")

    assert read("discard", "Orders", "--yes")["discarded"] == 1
    [left] = read("list", "Orders")
    assert read("discard", left["id"], "--yes")["discarded"] == 1
    assert aws.bodies(aws.orders_dead) == []


def test_one_that_sqs_does_not_delete_is_not_said_to_be_gone(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.send(aws.tee_dead, "x")
    monkeypatch.setattr(dead_letter_queues, "delete", lambda *_: 1)

    ended = run("discard", "tee", "--yes", "--json")

    assert (ended.exit_code, json.loads(ended.stdout)["discarded"]) == (1, 0)
