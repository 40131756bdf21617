"""Every number of a workspace has bounds, at which the functions still work and beyond which it is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from functions.collect.pipeline.time_window import spans
from shared.aws.messages.daily_spend import microusd
from shared.workspace.model import Limits, Settings, SmsSettings, Workspace
from tests.fakes.process_stage import NOON, Stage, event

BOUNDS: list[tuple[type[Any], str, float, float]] = [
    (Settings, "session_idle_seconds", 365 * 86_400, 1),
    (Settings, "timeline_days", 36_500, 1),
    (Settings, "rejected_days", 36_500, 1),
    (Limits, "oldest_days", 36_500, 1),
    (Limits, "future_seconds", 36_500 * 86_400, 1),
    (SmsSettings, "daily_spend_usd", 1_000_000, 0.01),
    (SmsSettings, "price_usd", 100, 0.01),
]


@pytest.mark.parametrize(("model", "key", "most", "step"), BOUNDS)
def test_a_number_beyond_its_bound_is_refused(model: type[Any], key: str, most: float, step: float) -> None:
    read = TypeAdapter(model).validate_python

    assert getattr(read({key: most}), key) == most
    for beyond in (most + step, 10.0**30, float("inf"), float("nan")):
        with pytest.raises(ValidationError, match=key):
            read({key: beyond})


@pytest.mark.parametrize(
    "settings",
    [
        Settings(session_idle_seconds=365 * 86_400, timeline_days=36_500, rejected_days=36_500),
        Settings(session_idle_seconds=1, timeline_days=1, rejected_days=1),
    ],
    ids=["most", "least"],
)
def test_a_person_is_folded_with_settings_at_their_bounds(settings: Settings) -> None:
    stage = Stage(Workspace(version=1, settings=settings))

    stage.deliver(stage.record(event("Play Song"), event("Play Song", at=NOON + timedelta(seconds=1))))

    assert stage.profiles.person("user:u1").states.counters.events["Play Song"].count == 2
    assert stage.dead_letters.letters == []


def test_times_of_events_are_judged_with_limits_at_their_bounds() -> None:
    limits = Limits(oldest_days=36_500, future_seconds=36_500 * 86_400)
    past, future = spans(limits.oldest_days, limits.future_seconds)
    assert NOON - past < NOON < NOON + future


@pytest.mark.parametrize(("price", "allowed"), [(0.0000009, False), (0.000001, True), (0, False)])
def test_a_price_counts_against_the_cap_however_small_it_is(price: float, allowed: bool) -> None:
    if not allowed:
        with pytest.raises(ValidationError):
            SmsSettings(price_usd=price)
    else:
        assert microusd(SmsSettings(price_usd=price).price_usd) == 1
