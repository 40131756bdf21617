"""What the laptop's functions said outlives the emulator, and what a kill undid is left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from cli.emulator.ledger import DAYS, Ledger
from cli.laptop.laptop import Laptop
from cli.ledger import on_the_laptop
from shared.events import HEADRACE
from shared.ledger import places
from shared.ledger.balance import Why
from shared.ledger.drawing import balance
from shared.ledger.lines import Processed, Put, Witness, hour_of, of_process
from shared.ledger.outcomes import Outcome, Portion
from shared.ledger.places import Place

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    return Laptop(tmp_path)


@pytest.fixture
def kept(laptop: Laptop, clock: Clock) -> Ledger:
    return Ledger(laptop, clock)


def put(kept: Ledger, number: int, rejected: int = 0) -> None:
    line = {
        "_aws": {}, "status": 200, "source": "shop", "collect_requests": [1.0], "collect_received": [1.0 + rejected],
        "collect_accepted": [1.0], "collect_rejected": [float(rejected)], "put": places.written([Place(0, number)]),
    }  # fmt: skip
    kept.add("headrace-local-collect", f"START\n{orjson.dumps(line).decode()}\nEND")


def fold(kept: Ledger, number: int) -> None:
    outcome = Outcome(number, 1, (Portion(folded=1, rows=1),))
    [said] = of_process(0, {("shop", hour_of(NOON)): [outcome]}, {})
    kept.add("headrace-local-process", orjson.dumps({"ledger": said}).decode())


def save(kept: Ledger, at: datetime) -> None:
    with kept.saving(at):
        pass


def read(laptop: Laptop) -> list[Witness]:
    return [*on_the_laptop.read(laptop, NOON - timedelta(hours=1), NOON + timedelta(days=1))]


def read_from_midnight(laptop: Laptop) -> list[Witness]:
    return [*on_the_laptop.read(laptop, NOON + timedelta(hours=12), NOON + timedelta(days=2))]


def test_what_functions_said_is_read_back(laptop: Laptop, kept: Ledger) -> None:
    put(kept, 1)
    fold(kept, 1)

    assert [type(one) for one in read(laptop)] == [Put, Processed]
    assert balance(read(laptop), LATER).is_balanced


def test_lines_of_no_stage_of_the_ledger_are_not_kept(laptop: Laptop, kept: Ledger) -> None:
    kept.add("headrace-local-archive", '{"_aws": {}, "message": "archived"}\nTraceback\n[1]')

    assert not laptop.ledger.exists()


def test_after_a_kill_what_was_put_since_the_save_is_lost_and_named(laptop: Laptop, kept: Ledger) -> None:
    put(kept, 1)
    fold(kept, 1)
    save(kept, NOON)
    put(kept, 2, rejected=3)
    fold(kept, 2)
    kept.restored(NOON)

    found = balance(read(laptop), NOON)
    assert [(one.place.number, one.why) for one in found.missing] == [(2, Why.LOST_WITH_THE_EMULATOR)]
    assert found.counts["shop", hour_of(NOON)].folded == 1
    assert found.lost_rejected == 3


def test_after_a_kill_nothing_is_lost_that_the_save_has(laptop: Laptop, kept: Ledger) -> None:
    put(kept, 1)
    save(kept, NOON)
    fold(kept, 1)  # the emulator forgets that, and delivers it again
    put(kept, 2)  # it was on the stream before its line was written
    kept.restored(NOON)
    fold(kept, 1)
    fold(kept, 2)

    found = balance(read(laptop), LATER)
    assert found.is_balanced
    assert found.counts["shop", hour_of(NOON)].folded == 2


@pytest.mark.parametrize("stage", ["sweep", "send-sms"])
def test_what_headrace_puts_itself_follows_again_and_is_not_lost_with_a_kill(
    laptop: Laptop, kept: Ledger, stage: str
) -> None:
    save(kept, NOON)
    for number in (1, 2):
        line = {"message": "done", "put": places.written([Place(0, number)])}
        kept.add(f"headrace-local-{stage}", orjson.dumps(line).decode())
    kept.restored(NOON)
    fold(kept, 2)  # it was on the stream before its line was written

    found = balance(read(laptop), LATER)
    assert found.is_balanced
    assert found.records == 1
    assert found.counts["shop", hour_of(NOON)].accepted == 1


def test_what_an_operator_had_replayed_is_lost_with_a_kill(laptop: Laptop, kept: Ledger) -> None:
    save(kept, NOON)
    line = {"message": "records put", "put": places.written([Place(0, 1)])}
    kept.add("headrace-local-replay", orjson.dumps(line).decode())
    kept.restored(NOON)

    [missing] = balance(read(laptop), LATER).missing
    assert (missing.source, missing.why) == (HEADRACE, Why.LOST_WITH_THE_EMULATOR)


def test_a_save_that_was_never_finished_counts_for_nothing(laptop: Laptop, kept: Ledger) -> None:
    save(kept, NOON)
    put(kept, 1)
    save(kept, NOON + timedelta(seconds=15))
    put(kept, 2)
    kept.restored(NOON)

    assert [one.place.number for one in balance(read(laptop), NOON).missing] == [1, 2]


def test_without_a_save_everything_is_lost(laptop: Laptop, kept: Ledger) -> None:
    put(kept, 1)
    fold(kept, 1)
    kept.restored(None)

    assert [one.place.number for one in balance(read(laptop), NOON).missing] == [1]


def test_a_clean_stop_loses_nothing(laptop: Laptop, kept: Ledger) -> None:
    put(kept, 1)
    fold(kept, 1)
    save(kept, NOON)
    kept.restored(NOON)

    assert balance(read(laptop), LATER).is_balanced


def test_a_kill_the_day_after_a_save_undoes_what_came_since(
    laptop: Laptop, kept: Ledger, clock: Clock
) -> None:
    clock.now = NOON + timedelta(hours=11, minutes=59)
    save(kept, clock.now)
    saved, clock.now = clock.now, NOON + timedelta(hours=12, minutes=1)
    put(kept, 1)
    kept.restored(saved)

    assert len([*laptop.ledger.glob("*.jsonl")]) == 2
    [missing] = balance(read_from_midnight(laptop), clock.now).missing
    assert missing.place.number == 1


def test_two_kills_undo_what_was_said_before_each(laptop: Laptop, kept: Ledger) -> None:
    put(kept, 1)
    fold(kept, 1)
    save(kept, NOON)
    put(kept, 2)
    kept.restored(NOON)
    put(kept, 3)
    later = NOON + timedelta(seconds=15)
    save(kept, later)
    put(kept, 4)
    kept.restored(later)
    put(kept, 5)

    said = [one for one in read(laptop) if isinstance(one, Put)]
    assert [(one.places[0].number, one.is_void) for one in said] == [
        (1, False), (2, True), (3, False), (4, True), (5, False),
    ]  # fmt: skip


def test_a_kill_that_goes_back_behind_another_undoes_what_both_undid(laptop: Laptop, kept: Ledger) -> None:
    put(kept, 1)
    save(kept, NOON)
    put(kept, 2)
    later = NOON + timedelta(seconds=15)
    save(kept, later)
    put(kept, 3)
    kept.restored(later)
    put(kept, 4)
    kept.restored(NOON)

    said = [one for one in read(laptop) if isinstance(one, Put)]
    assert [one.places[0].number for one in said if one.is_void] == [2, 3, 4]


def test_it_is_told_how_far_the_reading_is(laptop: Laptop, kept: Ledger) -> None:
    put(kept, 1)
    fold(kept, 1)
    size = sum(file.stat().st_size for file in laptop.ledger.iterdir())
    told: list[tuple[int, int]] = []

    assert [*on_the_laptop.read(laptop, NOON, LATER, lambda done, of: told.append((done, of)))]

    assert told[-1] == (size, size)


def test_old_files_go_at_a_start(laptop: Laptop, kept: Ledger, clock: Clock) -> None:
    for days, stays in ((DAYS - 1, True), (DAYS, True), (DAYS + 1, False)):
        clock.now = NOON
        put(kept, 1)
        clock.now = NOON + timedelta(days=days)
        kept.restored(None)
        assert (laptop.ledger / f"{NOON:%Y-%m-%d}.jsonl").exists() is stays


def test_a_first_start_keeps_no_file(laptop: Laptop, kept: Ledger) -> None:
    kept.restored(None)

    assert not laptop.ledger.exists()


def test_a_line_that_a_kill_cut_is_passed_over(laptop: Laptop, kept: Ledger) -> None:
    put(kept, 1)
    [file] = laptop.ledger.glob("*.jsonl")
    file.write_bytes(file.read_bytes() + b'{"at":"2026-11-21T')

    assert len(read(laptop)) == 1


def test_what_was_said_after_the_end_of_the_time_is_left_out(
    laptop: Laptop, kept: Ledger, clock: Clock
) -> None:
    put(kept, 1)
    clock.now = LATER
    fold(kept, 1)

    assert len([*on_the_laptop.read(laptop, NOON, LATER)]) == 2
    [only] = on_the_laptop.read(laptop, NOON, LATER - timedelta(seconds=1))
    assert isinstance(only, Put)
