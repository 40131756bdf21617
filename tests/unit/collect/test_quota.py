"""The token bucket of a source: one second's worth at once, then what the clock brings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from functions.collect.auth.quota import Quota


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_a_second_s_worth_passes_at_once_and_more_waits() -> None:
    quota = Quota(Clock())
    assert quota.take("shop", 10, per_second=10) == 0
    assert quota.take("shop", 1, per_second=10) == 1


def test_a_batch_larger_than_a_second_passes_and_is_owed() -> None:
    clock = Clock()
    quota = Quota(clock)
    assert quota.take("shop", 35, per_second=10) == 0
    assert quota.take("shop", 1, per_second=10) == 3
    clock.seconds += 2.6
    assert quota.take("shop", 1, per_second=10) == 0


def test_sources_have_buckets_of_their_own() -> None:
    quota = Quota(Clock())
    quota.take("shop", 100, per_second=10)
    assert quota.take("app", 1, per_second=10) == 0


def test_waiting_long_saves_no_more_than_a_second() -> None:
    clock = Clock()
    quota = Quota(clock)
    quota.take("shop", 1, per_second=10)
    clock.seconds += 3600
    assert quota.take("shop", 10, per_second=10) == 0
    assert quota.take("shop", 1, per_second=10) > 0


@given(
    per_second=st.integers(1, 1000),
    requests=st.lists(st.tuples(st.floats(0, 5), st.integers(1, 500)), min_size=1, max_size=50),
)
def test_no_more_passes_than_the_time_allows_and_the_last_batch(
    per_second: int, requests: list[tuple[float, int]]
) -> None:
    clock = Clock()
    quota = Quota(clock)
    passed = 0
    for pause, events in requests:
        clock.seconds += pause
        if quota.take("shop", events, per_second) == 0:
            passed += events
    allowed = per_second * (1 + clock.seconds - 100.0)
    assert passed <= allowed + max(events for _, events in requests)


@given(per_second=st.integers(1, 1000), events=st.integers(1, 5000))
def test_coming_back_when_told_to_is_early_enough(per_second: int, events: int) -> None:
    clock = Clock()
    quota = Quota(clock)
    quota.take("shop", events, per_second)
    clock.seconds += quota.take("shop", 1, per_second) + 0.001
    assert quota.take("shop", 1, per_second) == 0
