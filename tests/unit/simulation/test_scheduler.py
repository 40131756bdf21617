"""Programs take turns in virtual time: the same turns for the same draw, and none after they were ended."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from simulation.endings import Crash, TimedOut, TookTooLong
from simulation.runtime import SimulatedRuntime
from simulation.scheduler import Restless, Scheduler, Signal

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)


def scheduler(seed: int = 1) -> Scheduler:
    return Scheduler(NOON, random.Random(seed))


def test_a_program_sleeps_while_others_run_and_no_real_time_passes() -> None:
    turns, made = [], scheduler()

    def program(name: str, pause: float) -> Callable[[], None]:
        def run() -> None:
            for _ in range(2):
                made.sleep(pause)
                turns.append((name, made.ticks()))

        return run

    made.start("slow", program("slow", 3600.0))
    made.start("quick", program("quick", 2000.5))
    made.run(LATER)

    assert turns == [("quick", 2000.5), ("slow", 3600.0), ("quick", 4001.0), ("slow", 7200.0)]
    assert made.now() == LATER


def orders(seed: int) -> list[int]:
    made, found = scheduler(seed), list[int]()
    for number in range(8):
        made.start(str(number), lambda number=number: found.append(number))  # type: ignore[misc]
    made.run(NOON)
    return found


def test_what_happens_at_the_same_instant_has_an_order_that_is_drawn_and_is_the_same_for_a_seed() -> None:
    assert orders(1) == orders(1)
    assert len({tuple(orders(seed)) for seed in range(10)}) > 5
    assert sorted(orders(3)) == list(range(8))


def test_a_program_goes_on_at_once_when_what_it_waits_for_is_there() -> None:
    made, signal, at = scheduler(), Signal(), list[float]()

    def waits() -> None:
        made.wait(signal)
        at.append(made.ticks())
        made.wait(signal, NOON + timedelta(seconds=90))
        at.append(made.ticks())

    made.start("waits", waits)
    made.after(60, lambda: made.give(signal))
    made.run(LATER)

    assert at == [60, 90]


@pytest.mark.parametrize("in_its_last_moments", [False, True])
def test_a_program_that_was_ended_does_nothing_any_more(in_its_last_moments: bool) -> None:
    made, done = scheduler(), list[str]()

    def run() -> None:
        try:
            made.sleep(60)
            done.append("after the crash")
        finally:
            if in_its_last_moments:
                made.sleep(1)
                done.append("in its last moments")

    program = made.start("killed", run, watched=True)
    made.after(30, lambda: made.end(program, Crash()))
    made.run(LATER)

    assert (done, type(program.error)) == ([], Crash)


def test_a_function_that_takes_too_long_is_ended_at_the_end_of_its_time_with_all_that_it_began() -> None:
    made, ended = scheduler(), list[tuple[str, float]]()
    runtime = SimulatedRuntime(made, random.Random(1), timedelta)

    def sleep(seconds: float) -> None:
        try:
            made.sleep(seconds)
        except TimedOut:
            ended.append(("thread", made.ticks()))
            raise

    def run() -> None:
        with runtime.threads(2) as pool:
            list(pool.map(sleep, [20.0, 40.0]))

    program = made.start("slow", run, seconds=25, watched=True)
    made.run(LATER)

    assert isinstance(program.error, TimedOut)
    assert ended == [("thread", 25)]


def test_threads_are_programs_and_what_one_raises_comes_where_its_answer_is_asked_for() -> None:
    made, found = scheduler(), list[object]()
    runtime = SimulatedRuntime(made, random.Random(1), timedelta)

    def work(number: int) -> int:
        made.sleep(10 - number)
        if number == 2:
            raise ValueError(number)
        return number

    def run() -> None:
        with runtime.threads(8) as pool:
            answers = pool.map(work, range(4))
            found.append(made.ticks())
            found.extend([next(answers), next(answers)])
            with pytest.raises(ValueError, match="2"):
                next(answers)

    made.start("stage", run)
    made.run(LATER)

    assert found == [10, 0, 1]


def test_a_crash_in_a_thread_kills_the_whole_process() -> None:
    made, done = scheduler(), list[str]()
    runtime = SimulatedRuntime(made, random.Random(1), timedelta)

    def work(number: int) -> None:
        made.sleep(number)
        if number == 1:
            raise made.crash()
        done.append("another thread went on")

    def run() -> None:
        with runtime.threads(2) as pool:
            list(pool.map(work, [1, 2]))
        done.append("the process went on")

    program = made.start("stage", run, watched=True)
    made.run(LATER)

    assert (done, type(program.error)) == ([], Crash)


def test_a_bug_of_a_program_that_nobody_watches_is_raised() -> None:
    made = scheduler()
    made.start("buggy", lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        made.run(LATER)


def test_ids_are_uuids_of_version_7_that_say_when_they_were_made_and_are_drawn() -> None:
    made = scheduler()
    runtime = SimulatedRuntime(made, random.Random(1), lambda: timedelta(hours=1))
    again = SimulatedRuntime(made, random.Random(1), lambda: timedelta(hours=1))

    first, second = runtime.new_id(), runtime.new_id()

    assert (first, second) == (again.new_id(), again.new_id())
    assert first != second
    assert first[14] == "7"
    milliseconds = int(first.replace("-", "")[:12], 16)
    assert datetime.fromtimestamp(milliseconds / 1000, UTC) == NOON + timedelta(hours=1)


def test_what_goes_round_in_circles_ends_the_run() -> None:
    made = Scheduler(NOON, random.Random(1), most_steps=100)

    def run() -> None:
        while True:
            made.sleep(0)

    made.start("restless", run)
    with pytest.raises(Restless, match="after 100 steps"):
        made.run(LATER)
    made.close()


def test_a_run_that_is_ended_within_a_program_ends_also_where_somebody_watches_the_program() -> None:
    made = scheduler()

    def endless() -> None:
        raise TookTooLong("by a signal")

    made.start("endless", endless, watched=True)
    with pytest.raises(TookTooLong, match="by a signal"):
        made.run(LATER)
