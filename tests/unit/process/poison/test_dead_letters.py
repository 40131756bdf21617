"""A record whose content fails, wherever it does, holds up neither its shard nor its neighbours; an outage is no such
failure, however long."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection
from typing import Any

import orjson
import pytest

from functions.process.announcing import announcements
from functions.process.batch import PeopleNotSaved
from functions.process.failures import MOST_TRIES
from functions.process.people import changes, stored
from shared.bus_entries import EventBatch, row_json
from shared.events import Event
from shared.failures import VersionConflict
from shared.fold import budgets, fold
from shared.fold.profile import Changes
from shared.people.timeline import Chunk, unpacked
from tests.fakes.process_stage import NOON, LambdaRecord, Stage, event, identify, minutes
from tests.unit.process.test_portions import hourly, rows
from tests.unit.process.test_twice_is_once import SHOP, purchase

POISON = "Boom"


def has_poison(changes: Changes) -> bool:
    return any(POISON in profile.states.counters.events for profile in changes.profiles)


def the_save_is_refused(stage: Stage, _: pytest.MonkeyPatch) -> None:
    stage.profiles.refusing = has_poison


def the_save_conflicts_for_ever(stage: Stage, _: pytest.MonkeyPatch) -> None:
    """As a pointer does that was not read: read again it is the same, and conflicts again."""
    save = stage.profiles.save

    def conflicting(changes: Changes, *, at: Any) -> None:
        if has_poison(changes):
            raise VersionConflict("for ever", [profile.key for profile in changes.profiles])
        save(changes, at=at)

    stage.profiles.save = conflicting  # type: ignore[method-assign]


def the_bus_refuses_it(stage: Stage, _: pytest.MonkeyPatch) -> None:
    def refusing(entry: object) -> bool:
        return isinstance(entry, EventBatch) and any(row.event.name == POISON for row in entry.unpacked())

    stage.bus.item_faults.refusing = refusing


def the_timeline_refuses_it(stage: Stage, _: pytest.MonkeyPatch) -> None:
    def refusing(chunk: Chunk) -> bool:
        return any(one.name == POISON for one in unpacked(chunk.data))

    stage.timeline.item_faults.refusing = refusing


def announcing_it_raises(_: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(event: Event, *args: Any, **named: Any) -> bytes:
        if event.name == POISON:
            raise ZeroDivisionError
        return row_json(event, *args, **named)

    monkeypatch.setattr(announcements, "row_json", broken)


def folding_it_raises(_: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(profile: Any, events: Any, *args: Any, start: int, **named: Any) -> Any:
        if any(event.name == POISON for event in events):
            raise ZeroDivisionError
        return fold(profile, events, *args, start=start, **named)

    monkeypatch.setattr(changes, "fold", broken)


REFUSED = [the_save_is_refused, the_save_conflicts_for_ever, the_bus_refuses_it, the_timeline_refuses_it]
RAISING = [folding_it_raises, announcing_it_raises]
NOT_SAVED = [the_save_is_refused, the_save_conflicts_for_ever, folding_it_raises]

Poisoning = Callable[[Stage, pytest.MonkeyPatch], None]


def with_poison(stage: Stage) -> list[LambdaRecord]:
    """The poison among records of its own person, before and after it, and of others."""
    return [
        stage.record(event("View Item")),
        stage.record(event("View Item", user="u2")),
        stage.record(event("View Item")),
        stage.record(event(POISON)),
        stage.record(event("Search")),
        stage.record(event("Search", user="u2")),
    ]


def delivered_until_done(stage: Stage, records: list[LambdaRecord], most: int = 10) -> int:
    """As Lambda does, each time by a container that knows nothing of the last one; how often it took."""
    for delivery in range(1, most + 1):
        stage.restart()
        try:
            stage.deliver(*records)
        except PeopleNotSaved:
            continue
        return delivery
    raise AssertionError(f"{most} deliveries, and the shard is still held up")


def counted(stage: Stage) -> dict[str, int]:
    return {
        f"{user} {name}": stage.counted(f"user:{user}", name)
        for user in ("u1", "u2")
        for name in ("View Item", "Search")
    }


ALL_COUNTED = {"u1 View Item": 2, "u1 Search": 1, "u2 View Item": 1, "u2 Search": 1}


@pytest.mark.parametrize("poisoning", REFUSED)
def test_what_is_refused_is_a_dead_letter_after_three_tries_and_the_rest_is_done(
    poisoning: Poisoning, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage()
    poisoning(stage, monkeypatch)
    records = with_poison(stage)

    assert delivered_until_done(stage, records) == MOST_TRIES

    assert counted(stage) == ALL_COUNTED
    assert len(stage.dead_letters.letters) == 1
    assert rows(stage, "Search") == 2
    assert all(len(tries) == MOST_TRIES for tries in stage.tries.counted.values())


@pytest.mark.parametrize("poisoning", RAISING)
def test_what_raises_in_our_own_code_is_a_dead_letter_at_once(
    poisoning: Poisoning, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage()
    poisoning(stage, monkeypatch)
    records = with_poison(stage)

    counts = stage.deliver(*records)

    assert counts["dead_letters"] == 1
    assert counted(stage) == ALL_COUNTED
    assert len(stage.dead_letters.letters) == 1
    assert not stage.tries.counted


@pytest.mark.parametrize("poisoning", REFUSED)
def test_the_neighbours_are_done_at_the_first_delivery(
    poisoning: Poisoning, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage()
    poisoning(stage, monkeypatch)

    with pytest.raises(PeopleNotSaved):
        stage.deliver(*with_poison(stage))

    # Its own person waits, where nothing may be saved past it.
    assert counted(stage) == {**ALL_COUNTED, "u1 Search": 0 if poisoning in NOT_SAVED else 1}
    people_said = {row.person for entry in stage.bus.entries for row in entry.unpacked()}  # type: ignore[union-attr]
    assert people_said == {"user:u1", "user:u2"}


@pytest.mark.parametrize("poisoning", [*REFUSED, *RAISING])
def test_a_record_put_aside_is_put_aside_once_though_its_batch_comes_again(
    poisoning: Poisoning, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage()
    stage.deliver(stage.record(identify()))
    poisoning(stage, monkeypatch)
    records = [stage.record(event(POISON))]
    delivered_until_done(stage, records)

    for _ in range(4):
        stage.deliver(*records, stage.record(event("View Item", user="u2")))

    assert len(stage.dead_letters.letters) == 1


@pytest.mark.parametrize("poisoning", [*REFUSED, *RAISING])
def test_a_dead_letter_replayed_after_the_reason_is_mended_ends_as_if_nothing_had_been(
    poisoning: Poisoning,
) -> None:
    stage = Stage(SHOP)
    with pytest.MonkeyPatch.context() as broken:
        poisoning(stage, broken)
        records = [
            stage.record(event("View Item")),
            stage.record(event(POISON), purchase()),
            stage.record(event("Search")),
        ]
        delivered_until_done(stage, records)
        stage.profiles.__dict__.pop("save", None)
    stage.profiles.refusing = stage.bus.item_faults.refusing = stage.timeline.item_faults.refusing = None

    replayed = [replay(stage, letter) for letter in stage.dead_letters.letters]
    for _ in range(2):  # an operator sends it twice: the same
        stage.deliver(*replayed)

    assert [stage.counted("user:u1", name) for name in (POISON, "Complete Purchase", "Search")] == [1, 1, 1]
    assert {name: rows(stage, name) for name in (POISON, "Complete Purchase", "Search")} == {
        POISON: 1,
        "Complete Purchase": 1,
        "Search": 1,
    }
    assert len(stage.bus.requests) == 1
    seen = [one.name for one in stage.timeline.read(["user:u1"], 100) if one.type == "track"]
    assert sorted(seen) == [POISON, "Complete Purchase", "Search", "View Item"]


def replay(stage: Stage, letter: bytes) -> LambdaRecord:
    """What the program in docs/operating.md does."""
    fields = orjson.loads(letter)
    return stage.lambda_record(fields["key"], base64.b64decode(fields["data"]))


def test_refused_events_that_their_table_does_not_take_hold_up_nobody_and_are_kept_when_replayed() -> None:
    stage = Stage()
    stage.deliver(stage.record(identify(email="ann@shop.example")))
    stage.rejected.item_faults.refusing = lambda _: True
    evil = stage.record(identify(email="eve@evil.example"), event("View Item"), trust="browser")
    records = [evil, stage.record(event("Search")), stage.record(event("Search", user="u2"))]

    assert delivered_until_done(stage, records) == MOST_TRIES
    assert [stage.counted(f"user:{user}", "Search") for user in ("u1", "u2")] == [1, 1]

    stage.rejected.item_faults.refusing = None
    [letter] = stage.dead_letters.letters
    stage.deliver(replay(stage, letter))
    assert [one.name for one in stage.rejected.latest(10, NOON - minutes(1))] == ["identify"]
    assert (stage.counted("user:u1", "View Item"), rows(stage, "View Item")) == (1, 1)


def test_a_record_that_fails_in_a_later_portion_is_put_aside_from_there_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budgets, "PORTION", 1_500)
    monkeypatch.setattr(budgets, "MOST_IN_A_SAVE", 1_500)
    stage = Stage()
    stage.profiles.refusing = has_poison
    events = [*hourly(9), event(POISON), *hourly(9, first=10)]
    delivered_until_done(stage, [stage.record(*events), stage.record(event("Search"))])
    before = stage.counted("user:u1", "View Item")
    assert 0 < before < 18
    assert stage.counted("user:u1", "Search") == 1

    stage.profiles.refusing = None
    [letter] = stage.dead_letters.letters
    stage.deliver(replay(stage, letter))

    assert stage.counted("user:u1", "View Item") == 18
    assert stage.counted("user:u1", POISON) == 1
    assert (rows(stage, "View Item"), rows(stage, POISON)) == (18, 1)
    assert not any(entry.decisions.duplicates for entry in stage.profiles.person("user:u1").outbox)


def test_a_poisoned_record_behind_one_in_portions_does_not_take_the_rest_of_that_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budgets, "PORTION", 700)
    monkeypatch.setattr(budgets, "MOST_IN_A_SAVE", 700)
    stage = Stage()
    folding_it_raises(stage, monkeypatch)
    stage.deliver(stage.record(*hourly(12)), stage.record(event(POISON)), stage.record(event("Search")))
    assert stage.counted("user:u1", "View Item") == 12
    assert stage.counted("user:u1", "Search") == 1
    assert len(stage.dead_letters.letters) == 1


def test_a_poisoned_record_is_put_aside_once_though_another_of_its_person_waits_for_the_next_round(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stored, "MOST_UNKNOWN", 1)
    stage = Stage()
    folding_it_raises(stage, monkeypatch)
    stage.deliver(stage.record(identify(user="u1", anonymous="a1")))
    ids = {"email": "ann@shop.example", "device": "d1"}
    records = [
        stage.record(event(POISON, anonymous="a2")),
        stage.record(event("View Item", user=None, anonymous="a1", other_ids=ids)),
    ]
    stage.faults.down = {"bus"}

    for _ in range(3):
        stage.restart()
        with pytest.raises(PeopleNotSaved):
            stage.deliver(*records)

    assert len(stage.dead_letters.letters) == 1


def test_a_poisoned_record_behind_one_that_waits_for_a_save_does_not_take_that_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(changes, "MOST_ITEMS", 4)
    stage = Stage()
    folding_it_raises(stage, monkeypatch)
    joining = [
        stage.record(*(event("View Item", anonymous=f"a{number}") for number in numbers))
        for numbers in ((1, 2), (3, 4), (5, 6))
    ]
    stage.deliver(*joining, stage.record(event(POISON)), stage.record(event("Search")))
    assert stage.counted("user:u1", "View Item") == 6
    assert stage.counted("user:u1", "Search") == 1
    assert len(stage.dead_letters.letters) == 1


def test_an_error_that_a_port_should_not_raise_counts_as_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    save = stage.profiles.save

    def broken(changes: Changes, *, at: Any) -> None:
        if has_poison(changes):
            raise ZeroDivisionError
        save(changes, at=at)

    monkeypatch.setattr(stage.profiles, "save", broken)
    assert delivered_until_done(stage, with_poison(stage)) == MOST_TRIES
    assert counted(stage) == ALL_COUNTED


def test_a_portion_that_cannot_be_announced_is_put_aside_and_the_next_one_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budgets, "PORTION", 1_500)
    monkeypatch.setattr(budgets, "MOST_IN_A_SAVE", 1_500)
    stage = Stage()
    the_bus_refuses_it(stage, monkeypatch)
    events = [*hourly(9), event(POISON), *hourly(9, first=10)]
    delivered_until_done(stage, [stage.record(*events)])
    assert stage.counted("user:u1", "View Item") == 18
    assert rows(stage, POISON) == 0

    stage.bus.item_faults.refusing = None
    [letter] = stage.dead_letters.letters
    stage.deliver(replay(stage, letter))

    assert stage.counted("user:u1", POISON) == 1
    assert (rows(stage, "View Item"), rows(stage, POISON)) == (18, 1)


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


def test_while_tries_cannot_be_counted_the_record_waits_and_is_not_lost() -> None:
    stage = Stage()
    stage.profiles.refusing = has_poison
    stage.faults.down = {"tries"}
    records = with_poison(stage)
    for _ in range(10):
        with pytest.raises(PeopleNotSaved):
            stage.deliver(*records)
    assert not stage.dead_letters.letters
    assert counted(stage) == {**ALL_COUNTED, "u1 Search": 0}

    stage.faults.down.clear()
    assert delivered_until_done(stage, records) == MOST_TRIES
    assert counted(stage) == ALL_COUNTED


def test_while_nothing_can_be_put_aside_only_the_poison_and_what_follows_it_waits() -> None:
    stage = Stage()
    stage.profiles.refusing = has_poison
    stage.faults.down = {"dead_letters"}
    records = with_poison(stage)
    records.insert(0, stage.lambda_record("user:u3", b"\xff not ours"))
    for _ in range(5):
        with pytest.raises(PeopleNotSaved):
            stage.deliver(*records)
    assert counted(stage) == {**ALL_COUNTED, "u1 Search": 0}

    stage.faults.down.clear()
    delivered_until_done(stage, records)
    assert counted(stage) == ALL_COUNTED
    assert len(stage.dead_letters.letters) == 2


SERVICES = ["profiles", "timeline", "bus", "rejected", "dead_letters", "tries"]


@pytest.mark.parametrize("down", [*([service] for service in SERVICES), SERVICES])
def test_an_outage_of_three_minutes_makes_no_dead_letter_and_loses_nothing(down: list[str]) -> None:
    """Lambda delivers the batch about twice a second at first, and once a minute in the end: 60 deliveries are more."""
    stage = Stage(SHOP)
    records = [
        stage.record(identify(email="ann@shop.example"), purchase()),
        stage.record(identify(email="eve@evil.example"), trust="browser"),
        stage.record(event("View Item", user="u2")),
        stage.record(*hourly(80, user="u3")),
    ]
    stage.faults.down = {*down}
    for _ in range(60):
        stage.restart()
        try:
            stage.deliver(*records)
        except Exception:  # noqa: BLE001  Lambda does not look at it either
            continue
    assert not stage.dead_letters.letters
    assert not stage.tries.counted

    stage.faults.down.clear()
    stage.deliver(*records)

    assert not stage.dead_letters.letters
    assert stage.counted("user:u1", "Complete Purchase") == 1
    assert stage.counted("user:u3", "View Item") == 80
    assert {name: rows(stage, name) for name in ("Complete Purchase", "View Item")} == {
        "Complete Purchase": 1,
        "View Item": 81,
    }
    assert len(stage.bus.requests) == 1
    assert [one.name for one in stage.rejected.latest(10, NOON - minutes(1))] == ["identify"]


def test_people_whom_others_keep_changing_are_no_failure() -> None:
    """Contention shows in versions that move on: it is no fault of the record, however often it loses."""
    stage = Stage()
    stage.deliver(stage.record(event("View Item")))

    def always(_: object) -> None:
        stage.profiles.touch("user:u1")
        stage.profiles.before_save = always

    stage.profiles.before_save = always
    record = stage.record(event("View Item"))
    for _ in range(10):
        with pytest.raises(PeopleNotSaved):
            stage.deliver(record)
    assert not stage.tries.counted

    stage.profiles.before_save = None
    stage.deliver(record)
    assert stage.counted("user:u1", "View Item") == 2


def test_every_record_that_is_put_aside_leaves_one_line_with_its_reason_and_nothing_of_its_person(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage()
    folding_it_raises(stage, monkeypatch)
    unread = stage.lambda_record("user:ana@shop.example", b"ana@shop.example is not ours")
    failing = stage.record(event(POISON, user="ana@shop.example"))

    stage.deliver(unread, failing, stage.record(event("Search", user="u2")))

    lines = {line.sequence: line for line in caplog.records}  # type: ignore[attr-defined]
    assert len(caplog.records) == len(stage.dead_letters.letters) == 2
    assert (
        lines[unread["kinesis"]["sequenceNumber"]].getMessage() == "a record cannot be read and is put aside"
    )
    assert lines[unread["kinesis"]["sequenceNumber"]].error == "JSONDecodeError"  # type: ignore[attr-defined]
    assert {line.error for line in lines.values()} == {"JSONDecodeError", "ZeroDivisionError"}  # type: ignore[attr-defined]
    assert "shop.example" not in str([vars(line) for line in caplog.records])
