"""The sweep's function: what it says in its metrics, which an alarm waits for, and when it fails."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.sweep import handler
from functions.sweep.sweep import CLAIM, Sweep
from shared.fold.profile import Changes, Profile
from simulation.ports.due_profiles import FakeDueProfiles
from simulation.ports.profiles import FakeProfiles
from simulation.ports.stream import FakeStream


@pytest.fixture
def due_profiles(monkeypatch: pytest.MonkeyPatch) -> FakeDueProfiles:
    """Somebody is due; the clock is the real one."""
    # On AWS the environment says both, before the module is loaded.
    monkeypatch.setattr(handler.metrics.provider, "namespace", "Headrace")
    monkeypatch.setattr(handler.metrics.provider, "service", "sweep")
    now, profiles = datetime.now(UTC), FakeProfiles()
    person = Profile("user:u1", due_at=now - timedelta(minutes=1))
    profiles.save(Changes((person,)), at=now - timedelta(minutes=2))
    due_profiles = FakeDueProfiles(profiles)
    monkeypatch.setattr(handler, "sweep", lambda: Sweep(due_profiles, FakeStream(), per_second=100))
    return due_profiles


def said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The metrics, as CloudWatch finds them in the log."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return next(line for line in lines if "_aws" in line)


def test_a_round_counts_the_timers_it_sent(
    due_profiles: FakeDueProfiles, capsys: pytest.CaptureFixture[str]
) -> None:
    handler.lambda_handler({}, None)
    metrics = said(capsys)
    assert metrics["sweep_timers"] == [1.0]
    assert "sweep_behind" not in metrics, "it is up to date"
    [group] = metrics["_aws"]["CloudWatchMetrics"]
    assert (group["Namespace"], sorted(group["Dimensions"][0])) == ("Headrace", ["service"])
    assert metrics["service"] == "sweep"


def test_a_function_whose_shards_were_throttled_fails_after_saying_so(
    due_profiles: FakeDueProfiles, capsys: pytest.CaptureFixture[str]
) -> None:
    due_profiles.throttled = {0, 5}
    with pytest.raises(handler.ShardsLeft, match=r"\(0, 5\)"):
        handler.lambda_handler({}, None)
    assert said(capsys)["sweep_behind"][0] == pytest.approx(600, abs=1)


def test_a_round_with_nothing_to_say_counts_nothing(
    due_profiles: FakeDueProfiles, capsys: pytest.CaptureFixture[str]
) -> None:
    """A metric costs by the month in which it has a value."""
    handler.lambda_handler({}, None)
    assert said(capsys)["sweep_timers"] == [1.0]
    handler.lambda_handler({}, None)
    assert "_aws" not in capsys.readouterr().out


def test_a_second_function_at_the_same_time_does_nothing(
    due_profiles: FakeDueProfiles, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime.now(UTC)
    due_profiles.claim(now, now + CLAIM, now)
    handler.lambda_handler({}, None)
    assert "_aws" not in capsys.readouterr().out
