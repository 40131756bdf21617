"""A function's share of a rate, to the boundary; and what the account says of it."""

from __future__ import annotations

import pytest

from functions.send.pacing.pace import LONGEST_HOLD, USED_UP_SECONDS, NoRoom, Pace
from functions.send.pacing.rates import KEPT_SECONDS, LEAST_PER_SECOND, LOOKS_APART_SECONDS, USED, AccountRate
from shared.failures import Unavailable
from shared.messaging.providers import SendingQuota


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def pace(time: Time, rate: float | None, functions: int = 1, jitter: float = 0.5) -> Pace:
    return Pace(
        lambda: rate, functions=functions, clock=lambda: time.now, sleep=time.sleep, jitter=lambda: jitter
    )


def test_the_rate_is_shared_by_the_functions() -> None:
    time = Time()
    made = pace(time, 14.0, functions=7)
    for _ in range(4):
        made.wait(1.0)
        made.going()

    assert time.now == pytest.approx(100 + 3 * 0.5)


@pytest.mark.parametrize(("at_most", "fits"), [(0.499, False), (0.5, True), (0.501, True)])
def test_a_turn_that_comes_just_in_time_is_waited_for(at_most: float, fits: bool) -> None:
    time = Time()
    made = pace(time, 2.0)
    made.wait(0)
    made.going()

    if fits:
        made.wait(at_most)
        assert time.now == 100.5
    else:
        with pytest.raises(NoRoom) as full:
            made.wait(at_most)
        assert (full.value.seconds, time.now) == (0.5, 100.0), "no time is lost by finding out"


@pytest.mark.parametrize(("late", "gap"), [(0.0, 0.5), (0.25, 0.25), (0.375, 0.125), (0.5, 0.5), (9.0, 0.5)])
def test_what_a_message_is_late_by_is_made_up_for_but_never_saved(late: float, gap: float) -> None:
    """`gap` is what passes between the late message and the next one; it is 0.5 s when nothing is late."""
    time = Time()
    made = pace(time, 2.0)
    made.going()
    made.wait(1.0)
    time.now += late
    went = time.now
    made.going()
    made.wait(1.0)

    assert time.now - went == pytest.approx(gap)


def test_a_channel_without_a_rate_never_waits() -> None:
    time = Time()
    made = pace(time, None)
    for _ in range(100):
        made.wait(0)
        made.going()

    assert time.now == 100


def test_a_channel_that_may_send_nothing_today_is_looked_at_again_later() -> None:
    with pytest.raises(NoRoom) as full:
        pace(Time(), 0.0).wait(USED_UP_SECONDS * 2)
    assert full.value.seconds == USED_UP_SECONDS


def test_a_function_that_is_throttled_waits_ever_longer_until_a_message_is_taken() -> None:
    time = Time()
    made = pace(time, None)

    assert [made.throttled() for _ in range(9)] == [
        1,
        2,
        4,
        8,
        16,
        32,
        LONGEST_HOLD,
        LONGEST_HOLD,
        LONGEST_HOLD,
    ]
    made.wait(LONGEST_HOLD)
    assert time.now == 100 + LONGEST_HOLD
    made.taken()
    assert made.throttled() == 1


def test_a_function_that_was_throttled_once_loses_one_turn() -> None:
    """Functions that each keep to their share may together exceed a rate for a moment."""
    time = Time()
    made = pace(time, 14.0, functions=7)
    made.going()

    assert [made.throttled(), made.throttled()] == [0.5, 1.0]


@pytest.mark.parametrize(("jitter", "hold"), [(0.0, 0.25), (0.5, 0.5), (0.99, 0.745)])
def test_functions_that_were_throttled_at_one_moment_go_on_at_different_ones(
    jitter: float, hold: float
) -> None:
    time = Time()
    made = pace(time, 14.0, functions=7, jitter=jitter)
    made.going()

    assert made.throttled() == pytest.approx(hold)
    made.wait(1.0)
    assert time.now == pytest.approx(100 + hold), "the turn it would have had without that is gone"


class Account:
    def __init__(self, *answers: SendingQuota | Unavailable) -> None:
        self.answers = list(answers)
        self.asked = 0

    def quota(self) -> SendingQuota:
        self.asked += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Unavailable):
            raise answer
        return answer


def test_the_account_is_asked_once_in_a_while() -> None:
    time, account = Time(), Account(SendingQuota(14.0, False), SendingQuota(50.0, False))
    rate = AccountRate(account.quota, lambda: time.now)

    assert [rate.per_second() for _ in range(3)] == [14 * USED] * 3
    time.now += KEPT_SECONDS - 0.001
    assert (rate.per_second(), account.asked) == (14 * USED, 1)
    time.now += 0.001
    assert (rate.per_second(), account.asked) == (50 * USED, 2)


def test_a_used_up_quota_is_a_rate_of_nothing() -> None:
    rate = AccountRate(Account(SendingQuota(14.0, True)).quota, lambda: 0.0)

    assert rate.per_second() == 0


def test_an_account_that_does_not_answer_is_asked_again_and_the_rate_known_before_goes_on() -> None:
    time = Time()
    account = Account(Unavailable("x"), SendingQuota(14.0, False), Unavailable("x"), Unavailable("x"))
    rate = AccountRate(account.quota, lambda: time.now)

    assert rate.per_second() == LEAST_PER_SECOND * USED
    time.now += LOOKS_APART_SECONDS - 0.001
    assert (rate.per_second(), account.asked) == (LEAST_PER_SECOND * USED, 1)
    time.now += 0.001
    assert rate.per_second() == 14 * USED
    time.now += KEPT_SECONDS
    assert (rate.per_second(), rate.per_second(), account.asked) == (14 * USED, 14 * USED, 3)
