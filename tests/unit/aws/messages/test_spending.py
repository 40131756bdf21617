"""The message log on moto and the fake: the money of a day, and its cap."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.ports.messages import Messages, SpendCapReached
from tests.unit.aws.messages.one_message import NOW, claim, release, request


def test_money_is_counted_up_to_the_cap_of_the_day(log: Messages) -> None:
    for number in range(3):
        assert claim(log, request(number), spend_usd=0.1, cap_usd=0.3) is None
    with pytest.raises(SpendCapReached):
        claim(log, request(4), spend_usd=0.1, cap_usd=0.3)

    assert len(log.of_person(["user:u1"], 10)) == 3
    assert claim(log, request(4), spend_usd=0.1, cap_usd=0.3, at=NOW + timedelta(days=1)) is None


def test_a_message_dearer_than_the_cap_is_not_claimed(log: Messages) -> None:
    with pytest.raises(SpendCapReached):
        claim(log, request(), spend_usd=0.02, cap_usd=0.01)
    assert log.of_person(["user:u1"], 10) == []


def test_money_is_counted_once_per_message(log: Messages) -> None:
    claim(log, request(), spend_usd=0.1, cap_usd=0.2)
    assert claim(log, request(), spend_usd=0.1, cap_usd=0.2) is not None
    assert claim(log, request(2), spend_usd=0.1, cap_usd=0.2) is None


def test_money_of_a_released_message_is_given_back(log: Messages) -> None:
    claim(log, request(), spend_usd=0.1, cap_usd=0.1)
    release(log, request(), spend_usd=0.1)
    release(log, request(), spend_usd=0.1)

    assert claim(log, request(2), spend_usd=0.1, cap_usd=0.1) is None
    with pytest.raises(SpendCapReached):
        claim(log, request(3), spend_usd=0.1, cap_usd=0.1)


def test_at_the_cap_a_message_that_stands_already_is_shown_as_it_stands(log: Messages) -> None:
    claim(log, request(), spend_usd=0.1, cap_usd=0.1)
    assert claim(log, request(), spend_usd=0.1, cap_usd=0.1) is not None
