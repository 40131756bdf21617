"""Of records that are read and saved together, the one at fault is found."""

from __future__ import annotations

import base64
from collections.abc import Collection
from typing import Any

import orjson
import pytest

from functions.process.failures import MOST_TRIES
from tests.fakes.process_stage import Stage, event, identify
from tests.unit.process.poison.poison import POISON, delivered_until_done, has_poison


def test_one_id_that_no_read_takes_concerns_only_the_record_that_names_it() -> None:
    stage = Stage()
    stage.profiles.unreadable = {"anonymous:a9"}
    records = [
        stage.record(event("View Item", user="u2")),
        stage.record(event("View Item")),
        stage.record(event(POISON, anonymous="a9")),
        stage.record(event("Search")),
        stage.record(event("View Item", user="u3")),
    ]

    assert delivered_until_done(stage, records) == MOST_TRIES

    assert [stage.counted(f"user:{user}", "View Item") for user in ("u1", "u2", "u3")] == [1, 1, 1]
    assert stage.counted("user:u1", "Search") == 1
    assert len(stage.dead_letters.letters) == 1


def test_a_stored_person_whom_nobody_can_read_concerns_only_their_own_records(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = Stage()
    load = stage.profiles.load

    def broken(keys: Collection[str]) -> Any:
        if "user:u1" in keys:
            raise ValueError("no profile")
        return load(keys)

    monkeypatch.setattr(stage.profiles, "load", broken)
    delivered_until_done(stage, [stage.record(event("View Item", user=f"u{number}")) for number in range(9)])

    monkeypatch.undo()
    assert [stage.counted(f"user:u{number}", "View Item") for number in range(9) if number != 1] == [1] * 8
    assert len(stage.dead_letters.letters) == 1


def test_of_many_records_refused_together_the_one_at_fault_is_found_in_few_saves() -> None:
    stage = Stage()
    stage.profiles.refusing = has_poison
    records = [stage.record(event("View Item")) for _ in range(60)]
    records[37] = stage.record(event(POISON))
    records = sorted(records, key=lambda record: int(record["kinesis"]["sequenceNumber"]))

    delivered_until_done(stage, records)

    assert stage.counted("user:u1", "View Item") == 59
    assert len(stage.dead_letters.letters) == 1
    assert stage.faults.made.count("profiles.save") < 40


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (event(POISON, user=None, anonymous="a1"), identify(user="u1", anonymous="a1")),
        (identify(user="u1", anonymous="a1"), event(POISON, user="u2", anonymous="a1")),
        (event(POISON), event("alias", type="alias", user="u2", previous_id="u1")),
    ],
)
def test_of_two_people_whom_their_records_unite_the_one_at_fault_is_found(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    stage = Stage()
    stage.profiles.refusing = has_poison
    records = [stage.record(first), stage.record(second), stage.record(event("View Item", user="u9"))]
    records.append(stage.record(event("Search", user="u9")))
    stage.faults.die_after = 200  # rounds without an end

    delivered_until_done(stage, records)

    assert stage.counted("user:u9", "Search") == 1
    [letter] = stage.dead_letters.letters
    assert POISON.encode() in base64.b64decode(orjson.loads(letter)["data"])
