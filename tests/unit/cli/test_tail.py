"""`headrace tail` shows what is refused beside what arrives: each once, oldest first, and not as often as it polls."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands import tail
from cli.main import typed
from cli.rejected.refused_arrivals import LATE, RefusedArrivals
from cli.stacks import Stack
from shared.plan.reasons import Code
from shared.rejected import RejectedEvent, RejectedItem, RejectedReason, RejectedRequest
from simulation.ports.rejected import FakeRejected

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def refused(at: datetime, number: int, **item: Any) -> RejectedRequest:
    digits = f"{int(at.timestamp() * 1000):012x}"
    reason = RejectedReason(code=Code.UNKNOWN_EVENT, field="event", message="no event [View]")
    return RejectedRequest(
        request=f"{digits[:8]}-{digits[8:]}-7000-8000-{number:012}", source="shop", protocol="twilio_segment",
        trust="server", received_at=at, expires_at=2_000_000_000,
        items=(RejectedItem(index=0, reasons=(reason,), body=b"{}", **item),),
    )  # fmt: skip


class Time:
    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)

    def clock(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def kept() -> FakeRejected:
    return FakeRejected()


def arrivals(kept: FakeRejected, time: Time) -> RefusedArrivals:
    return RefusedArrivals(kept, seconds=5, now=time.now, clock=time.clock)


def looked_at(kept: FakeRejected, monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Since when each look asked, as they are made."""
    asked: list[datetime] = []

    def latest(_limit: int, since: datetime) -> list[RejectedEvent]:
        asked.append(since)
        return []

    monkeypatch.setattr(kept, "latest", latest)
    return asked


def test_each_is_shown_once_oldest_first_and_what_was_there_before_is_not(
    kept: FakeRejected, time: Time
) -> None:
    kept.put([refused(NOON - timedelta(seconds=1), 1, event_id="before")])
    looking = arrivals(kept, time)
    kept.put(
        [refused(NOON + timedelta(seconds=number), number, event_id=f"e{number}") for number in (2, 3, 4)]
    )
    time.seconds = 5
    assert [event.event_id for event in looking.poll()] == ["e2", "e3", "e4"]

    kept.put([refused(NOON + timedelta(seconds=1), 5, event_id="refused by process, later")])
    time.seconds = 10
    assert [event.event_id for event in looking.poll()] == ["refused by process, later"]

    time.seconds = 15
    assert looking.poll() == []


@pytest.mark.parametrize(("seconds", "looks"), [(4.5, 0), (5.0, 1), (9.5, 1), (10.0, 2)])
def test_it_looks_as_often_as_it_is_told(
    kept: FakeRejected, time: Time, seconds: float, looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = looked_at(kept, monkeypatch)
    looking = arrivals(kept, time)
    while time.seconds < seconds:
        time.seconds += 0.5
        looking.poll()

    assert len(asked) == looks


def test_no_look_goes_further_back_than_it_must(
    kept: FakeRejected, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tail that runs for a day would read the day each time."""
    asked = looked_at(kept, monkeypatch)
    looking = arrivals(kept, time)
    time.seconds = 86_400
    looking.poll()

    assert asked == [NOON + timedelta(days=1) - LATE]


class Reader:
    """A stream on which nothing arrives."""

    def __init__(self, _: str) -> None: ...

    def open(self) -> None: ...

    def poll(self) -> list[object]:
        return []


@pytest.fixture
def tailed(kept: FakeRejected, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """What `tail --limit 1` prints of an event that is refused as soon as it looks."""
    monkeypatch.setattr(Stack, "load", lambda _=None: Stack("local", "", {"StreamName": "s"}))
    monkeypatch.setattr(tail, "KinesisReader", Reader)
    monkeypatch.setattr(tail, "store", lambda _: kept)
    monkeypatch.setitem(tail.REFUSED_LOOKS, "local", 0.0)
    monkeypatch.setitem(tail.PAUSE, "local", 0.0)

    def run(*arguments: str, **item: Any) -> str:
        kept.put([refused(datetime.now(UTC) + timedelta(seconds=1), 1, **item)])
        result = CliRunner().invoke(typed, ["tail", "--limit", "1", *arguments])
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (
            {"name": "Bok Viewed", "user_id": "u1"},
            " rejected Bok Viewed  u1  unknown_event: no event [View]\n",
        ),
        (
            {"other_ids": {"email": "a@x.example"}},
            " rejected -  email:a@x.example  unknown_event: no event [View]\n",
        ),
        ({"name": "a\x1b[2Jb"}, " rejected a\\x1b[2Jb    unknown_event: no event [View]\n"),
    ],
)
def test_what_is_refused_is_a_line_that_says_so(
    item: dict[str, Any], said: str, tailed: Callable[..., str]
) -> None:
    assert tailed(**item).endswith(said)


def test_as_json_it_has_a_type_that_no_event_has(tailed: Callable[..., str]) -> None:
    event = json.loads(tailed("--json", event_id="e1"))

    assert (event["type"], event["event_id"]) == ("rejected", "e1")
    assert event["reasons"][0]["code"] == "unknown_event"
