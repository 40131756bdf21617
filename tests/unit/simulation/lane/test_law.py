"""However the records of a history are delivered, and whenever the sweep comes, what is decided is the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.workspace.model import Workspace
from simulation.lane.lines import instant
from simulation.lane.replaying import Delivery
from simulation.lane.run import simulate
from tests.unit.simulation.lane.workspaces import campaign, plan_of, workspace

BUSY = workspace(
    campaign("welcome", "Registration"),
    campaign("cart", "Add To Cart", "push"),
    campaign("often", "Add To Cart", where={"counter": "Add To Cart", "at_least": 2}),
    campaign("bye", "Session Concluded"),
    campaign("one", "Profile Merged"),
    campaign("sent", "Notification Sent", "push", where={"counter": "Notification Sent", "at_most": 3}),
)
QUIET = workspace(campaign("welcome", "Registration"), campaign("visit", "Session Started"))
CALM = workspace(campaign("welcome", "Registration"), campaign("cart", "Add To Cart", "push"))
"""Asked by clients' own events alone, as most are: others are recorded together."""

BEGIN = "2026-11-01T00:00:00Z"
GAPS = (0, 0, 1, 600, 1_799, 1_800, 1_801, 5_400, 700_000)
"""Seconds between two lines. The longest is more than a stream keeps records."""

users = st.sampled_from(("u1", "u2"))
visitors = st.sampled_from(("a1", "a2"))


@st.composite
def lines(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Minutes pass between them, or none, or days, or a session ends."""
    made: list[dict[str, Any]] = []
    at = instant(BEGIN)
    assert at is not None
    for number in range(draw(st.integers(1, 14))):
        at += timedelta(seconds=draw(st.sampled_from(GAPS)))
        made.append({"received_at": at.isoformat(), **draw(st.one_of(*KINDS)), "messageId": f"m{number}"})
        if {"apply", "pause", "resume"} & made[-1].keys():
            del made[-1]["messageId"]
    return made


def _event(name: str) -> st.SearchStrategy[dict[str, Any]]:
    device = {"device": {"id": "d1", "type": "android", "token": "t1"}}
    return st.fixed_dictionaries(
        {"type": st.just("track"), "event": st.just(name)},
        optional={
            "userId": users,
            "anonymousId": visitors,
            "context": st.just(device),
            "source": st.just("web"),
        },
    )


KINDS: tuple[st.SearchStrategy[dict[str, Any]], ...] = (
    *map(_event, ("Registration", "Add To Cart", "View Item")),
    st.fixed_dictionaries(
        {"type": st.just("identify"), "userId": users},
        optional={
            "anonymousId": visitors,
            "traits": st.sampled_from(
                (
                    {"email": "ada@shop.example", "name": "Ada"},
                    {"consents": {"email": False}},
                    {"consents": {"push": True}},
                )
            ),
        },
    ),
    st.fixed_dictionaries(
        {"type": st.just("alias"), "userId": users, "previousId": st.sampled_from(("u1", "u2", "a1"))}
    ),
    st.fixed_dictionaries(
        {"type": st.just("system"), "event": st.just("Notification Opened"), "userId": users}
    ),
    st.sampled_from(
        (
            {"apply": "quiet"},
            {"apply": "busy"},
            {"apply": "calm"},
            {"pause": "welcome"},
            {"resume": "welcome"},
        )
    ),
)

deliveries = st.builds(
    Delivery,
    times=st.integers(1, 3),
    cut=st.sampled_from((None, 1, 2, 3, 5, 100)),
    sweep_late=st.sampled_from((0, 1, 60, 1_800, 3_600, 86_400)).map(
        lambda seconds: timedelta(seconds=seconds)
    ),
    no_sweep_until=st.sampled_from(
        (None, *map(instant, (BEGIN, "2026-11-01T01:00:00Z", "2026-12-01T00:00:00Z")))
    ),
    seed=st.integers(0, 5),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=100)
@given(
    lines(), deliveries, st.sampled_from((None, "2026-11-01T12:00:00Z")), st.sampled_from((BUSY, QUIET, CALM))
)
def test_cuts_deliveries_and_sweeps_change_nothing(
    history: list[dict[str, Any]], delivery: Delivery, until: str | None, first: Workspace
) -> None:
    plan = plan_of(history, first, until, quiet=QUIET, busy=BUSY, calm=CALM)
    plainly, otherwise = simulate(plan), simulate(plan, delivery)
    assert [entry.as_dict() for entry in otherwise.entries] == [entry.as_dict() for entry in plainly.entries]
    assert otherwise.rejected == plainly.rejected
    assert not otherwise.put_aside


def test_records_that_no_stream_has_together_are_delivered_again_apart() -> None:
    history = [
        {"received_at": "2026-06-03T04:30:09Z", "type": "alias", "userId": "u1", "previousId": "a1"},
        {"received_at": "2026-08-23T04:30:09Z", "type": "track", "event": "Add To Cart", "anonymousId": "a1"},
    ]
    plan = plan_of(history, workspace(), "2026-11-12T06:00:00Z")
    assert simulate(plan, Delivery(times=2)).entries == simulate(plan).entries
