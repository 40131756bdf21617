"""What process says of each record, for the ledger, is what became of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import pytest
from aws_lambda_powertools import Metrics

from functions.process import handler
from functions.process.account import Account
from functions.process.arrivals import Arrival
from functions.process.batch import PeopleNotSaved
from functions.process.progress import Progress
from shared.ledger.balance import Balance
from shared.ledger.drawing import balance
from shared.ledger.lines import Processed, Put, Witness, hour_of, witnesses
from shared.ledger.outcomes import Outcome, Portion
from shared.ledger.places import Place
from shared.workspace.model import Workspace
from tests.fakes.process_stage import NOON, LambdaRecord, Stage, event, minutes

LATER = NOON + minutes(60)
SHARD = "shardId-000000000003"


def said(stage: Stage, *records: LambdaRecord) -> list[Witness]:
    """What a delivery says, whether it was done or not."""
    account = Account()
    with suppress(PeopleNotSaved):
        stage.process.batch(list(records), account)
    return [one for line in account.said(SHARD) for one in witnesses({"ledger": line}, NOON, "process")]


def outcomes(found: list[Witness]) -> list[Outcome]:
    return [outcome for one in found if isinstance(one, Processed) for outcome in one.outcomes]


def number(record: LambdaRecord) -> int:
    return int(record["kinesis"]["sequenceNumber"])


def settled(*found: list[Witness]) -> Balance:
    return balance([one for some in found for one in some], LATER)


def test_a_record_is_folded_with_its_events_and_what_follows_goes_to_the_archive_beside_them() -> None:
    stage = Stage()
    record = stage.record(event("A"), event("B"))

    [one] = [one for one in said(stage, record) if isinstance(one, Processed)]

    assert (one.shard, one.source, one.hour) == (3, "shop", hour_of(NOON))
    assert one.outcomes == (Outcome(number(record), 2, (Portion(folded=2, rows=2, derived=1),)),)


def test_a_record_that_comes_again_says_the_same_and_counts_once() -> None:
    stage = Stage()
    record = stage.record(event("A"), event("B"))

    first, second = said(stage, record), said(stage, record)

    counts = settled(first, second).counts["shop", hour_of(NOON)]
    assert (counts.folded, counts.rows, counts.derived, counts.done_before) == (2, 2, 1, 0)


def test_a_record_whose_line_is_lost_is_done_before_when_nothing_is_left_to_say_of_it() -> None:
    stage = Stage()
    first, second = stage.record(event("A")), stage.record(event("B"))
    stage.deliver(first)
    stage.deliver(second)  # lets go of what was said of the first

    found = outcomes(said(stage, first))

    assert found == [Outcome(number(first), 1, (), False, is_done=True)]


def test_an_event_that_was_sent_twice_is_a_duplicate() -> None:
    stage = Stage()
    stage.deliver(stage.record(event("A", id="same")))

    [found] = outcomes(said(stage, stage.record(event("A", id="same"))))

    assert found.portions == (Portion(duplicates=1),)


def test_a_record_that_is_saved_but_cannot_be_announced_comes_again_and_then_counts() -> None:
    stage = Stage()
    record = stage.record(event("A"))
    stage.bus.item_faults.planned.append("all")

    [found] = outcomes(said(stage, record))
    assert (found.comes_again, found.portions) == (True, ())
    again = settled(said(stage, record))
    assert (again.waiting, again.counts["shop", hour_of(NOON)].folded) == (0, 1)


def test_records_behind_one_that_waits_come_again_with_it() -> None:
    stage = Stage()
    newer = stage.record(event("A"), workspace=99)
    behind, other = stage.record(event("B")), stage.record(event("B", user="u2"))

    assert [one.comes_again for one in outcomes(said(stage, newer, behind, other))] == [True, True, False]


def test_a_record_that_nobody_can_read_is_put_aside() -> None:
    stage = Stage()
    record = stage.lambda_record("user:u1", b"not a record")

    [found] = outcomes(said(stage, record))

    assert found == Outcome(number(record), 0)
    assert settled([Processed(NOON, 3, "?", 0, (found,))]).is_balanced


def test_a_record_that_breaks_the_fold_is_put_aside_with_its_events(monkeypatch: pytest.MonkeyPatch) -> None:
    from functions.process.people import changes

    stage = Stage()
    record = stage.record(event("A"), event("B"))

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(changes, "fold", broken)
    [found] = outcomes(said(stage, record))

    assert found.portions == (Portion(aside=2),)


def test_a_record_that_the_code_forgets_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of 500 is lost between the batch and the fold: nothing fails, and nobody says anything of it."""
    stage = Stage()
    records = [stage.record(event("A", user=f"u{one}")) for one in range(500)]
    forgotten = number(records[321])

    def forgetful(self: Progress, pending: Iterable[Arrival]) -> list[Arrival]:
        return [one for one in pending if int(one.sequence) != forgotten]

    monkeypatch.setattr(Progress, "ready", forgetful)
    put = [Put(NOON, "shop", (Place(3, number(one)),), 1, 1) for one in records[:-1]]
    after = Put(NOON + minutes(1), "shop", (Place(3, number(records[-1])),), 1, 1)

    found = settled([*put, after], *(said(stage, *records[at : at + 100]) for at in range(0, 500, 100)))
    assert not found.is_balanced
    assert [one.place for one in found.missing] == [Place(3, forgotten)]
    assert found.counts["shop", hour_of(NOON)].folded == 499


def test_the_line_of_a_batch_has_it_in_place_of_a_call(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = Stage(Workspace(version=1))
    metrics: Metrics = handler.metrics
    monkeypatch.setattr(metrics.provider, "namespace", "Headrace")
    monkeypatch.setattr(metrics.provider, "service", "process")
    monkeypatch.setattr(handler, "process", lambda: stage.process)
    record = stage.record(event("A"))

    handler.lambda_handler({"Records": [record | {"eventID": f"{SHARD}:1"}]}, None)

    [line] = [json.loads(text) for text in capsys.readouterr().out.splitlines() if '"_aws"' in text]
    assert [one.number for one in outcomes(list(witnesses(line, NOON, "process")))] == [number(record)]
