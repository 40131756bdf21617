"""What the stages write for the ledger is what its readers read."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ledger import outcomes, places
from shared.ledger.binary import Unreadable
from shared.ledger.lines import MOST_MESSAGES, MOST_RECORDS, Processed, Requested, of_process, witnesses
from shared.ledger.outcomes import Outcome, Portion
from shared.ledger.places import Place, place

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SEQUENCE = 49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_898

numbers = st.integers(min_value=0, max_value=10**56 - 1)
counts = st.integers(min_value=0, max_value=10_000)
all_places = st.builds(Place, st.integers(min_value=0, max_value=100_000), numbers)
portions = st.builds(Portion, *[counts] * len(Portion._fields))
plain = st.builds(
    lambda number, events: Outcome(number, events, (Portion(folded=events, rows=events),)), numbers, counts
)
others = st.builds(
    Outcome, numbers, counts, st.lists(portions, max_size=3).map(tuple), st.booleans(), st.booleans()
)


@given(st.lists(all_places, unique=True, max_size=30))
def test_places_are_read_as_they_were_written(written: list[Place]) -> None:
    assert sorted(places.read(places.written(written))) == sorted(written)


@given(st.lists(plain | others, unique_by=lambda one: one.number, max_size=20))
def test_outcomes_are_read_as_they_were_written(written: list[Outcome]) -> None:
    assert outcomes.read(outcomes.written(written)) == sorted(written)


@given(st.text(max_size=60))
def test_any_other_text_is_read_or_refused_in_one_way(text: str) -> None:
    for read in (places.read, outcomes.read):
        with suppress(Unreadable):
            read(text)


@given(st.lists(all_places, min_size=1, max_size=5), st.data())
def test_a_text_that_was_cut_is_refused_or_has_fewer_places(
    written: list[Place], data: st.DataObject
) -> None:
    text = places.written(written)
    cut = text[: data.draw(st.integers(min_value=0, max_value=len(text) - 1))]
    with suppress(Unreadable):
        assert len(places.read(cut)) < len(written)


def test_a_place_is_named_as_kinesis_names_it() -> None:
    one = place("shardId-000000000006", str(SEQUENCE))

    assert places.named([one]) == [f"shardId-000000000006:{SEQUENCE}"]


def test_a_record_of_one_person_takes_40_bytes_of_collects_line_and_16_of_process_after_the_first() -> None:
    apart = 2_564_131_663_402_632_534_000_926_720  # two records of a shard, in AWS's documentation of Lambda
    batch = [Outcome(SEQUENCE + number * apart, 20, (Portion(folded=20, rows=20),)) for number in range(100)]

    assert len(places.written([Place(6, SEQUENCE)])) <= 40
    assert len(outcomes.written(batch)) <= 40 + 99 * 19


@pytest.mark.parametrize("records", [0, 1, MOST_RECORDS, MOST_RECORDS + 1, 3 * MOST_RECORDS])
@pytest.mark.parametrize("messages", [0, MOST_MESSAGES, 2 * MOST_MESSAGES + 1])
def test_a_batch_is_as_many_lines_as_cloudwatch_takes_uncut(records: int, messages: int) -> None:
    made = [Outcome(SEQUENCE + number, 1, (Portion(duplicates=1),)) for number in range(records)]
    ids = [f"{number:032x}" for number in range(messages)]
    half = records // 2
    shops = {("shop", 7): made[:half], ("app", 7): made[half:]}

    lines = of_process(3, shops, {("welcome", 7): ids} if ids else {})

    said = [one for line in lines for one in witnesses({"ledger": line}, NOON, "process")]
    assert all(len(orjson.dumps(line)) < 200_000 for line in lines)
    processed = [one for one in said if isinstance(one, Processed)]
    assert sorted(outcome for one in processed for outcome in one.outcomes) == made
    requested = [one for one in said if isinstance(one, Requested)]
    assert [message for one in requested for message in one.messages] == ids


def test_a_line_of_the_ledger_that_is_damaged_is_refused() -> None:
    damaged: list[dict[str, Any]] = [
        {"ledger": {}}, {"ledger": {"shard": 1, "records": [[1]]}}, {"put": 5}, {"put": "A"},
    ]  # fmt: skip
    for line in damaged:
        with pytest.raises(Unreadable):
            list(witnesses(line, NOON, "process"))


def test_a_line_of_anything_else_witnesses_nothing() -> None:
    assert list(witnesses({"message": "archived"}, NOON, "archive")) == []
