"""The law of the fold: for one order of a person's records, decisions and slices are the same.

Whatever the cuts into batches and portions, the deliveries, and the sweeps: at once, up to an hour late, or never.
Marks, outbox entries and versions may differ. It is tried on the stage that folds, saves and announces.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from unittest import mock

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import shared.fold
from functions.sweep.timers import timer
from shared import identity
from shared.events import Event
from shared.fold import budgets, consequences
from shared.fold.consequences import FROM_ONE_CAUSE
from shared.fold.effects import Ask, Consequence, Derive, Effect, Facts, Timer
from shared.fold.outbox import PORTION
from shared.fold.parts import utm
from shared.fold.parts.utm import Visit
from shared.fold.profile import Pointer, Profile
from shared.fold.state import REMEMBERING
from shared.people.due import DueProfile, place
from shared.times import from_microseconds, microseconds
from shared.workspace.model import Campaign, EventDefinition, Settings, Workspace
from tests.fakes.process_stage import NOON, LambdaRecord, Stage

MINUTE = timedelta(minutes=1)
VISITORS = ("a1", "a2")
PEOPLE = ("user:u1", "user:u2", *(f"anonymous:{visitor}" for visitor in VISITORS))

WORKSPACE = Workspace(
    campaigns=tuple(
        Campaign(id=f"on {event}", name=event, event=event, where=where, channel="email", template="t")
        for event, where in (
            ("Session Concluded", None),
            ("Profile Merged", None),
            ("Nudge Due", {"counter": "Add To Cart", "at_least": 2}),
            ("Add To Cart", {"counter": "Session Started", "at_least": 2}),
        )
    ),
    settings=Settings(session_idle_seconds=1800, person_events_per_day=8),
    events=tuple(
        EventDefinition(id=name, name=name, forward=True) for name in ("Add To Cart", "Session Concluded")
    ),
)


class Nudges:
    """A part that waits, in the place of `utm`: 50 minutes after each `Add To Cart` it says `Nudge Due` and asks for a
    message, and from that one on it waits again, which is a circle that ends with its depth. Its slice is a `Visit`."""

    WAIT = 50 * MINUTE

    def __getattr__(self, name: str) -> Any:
        return getattr(utm, name)

    def apply(self, state: Visit, event: Event, facts: Facts) -> tuple[Visit, list[Effect]]:
        if event.name not in ("Add To Cart", "Nudge Due") or len(state.link) > 3:
            return state, []
        waits = {event.id: f"{microseconds(facts.now + self.WAIT)} {facts.depth + 1}"}
        return replace(state, link={**state.link, **waits}), []

    def due(self, state: Visit, _facts: Facts) -> Timer | None:
        return min(map(self._timer, state.link.values()), default=None)

    def wake(self, state: Visit, facts: Facts) -> tuple[Visit, list[Consequence]]:
        over = [begun for begun, wait in state.link.items() if self._timer(wait).at <= facts.now]
        said = [Derive("Nudge Due", {"begun": begun}, facts.now, begun) for begun in over]
        waiting = {begun: wait for begun, wait in state.link.items() if begun not in over}
        return replace(state, link=waiting), [*said, Ask("nudge", "push")]

    def merge(self, one: Visit, other: Visit) -> Visit:
        return replace(one, link={**other.link, **one.link})

    @staticmethod
    def _timer(wait: str) -> Timer:
        at, depth = wait.split()
        return Timer(from_microseconds(int(at)), int(depth))


class Planned(NamedTuple):
    """A record: who it is of, and minutes from the beginning of its burst to its arrival. `late` is how many minutes
    before its arrival its events happened. A browser may not change an address: what it says may be refused."""

    user: str | None
    visitor: str | None
    names: tuple[str, ...]
    offset: int
    late: int
    browser: bool = False


@dataclass(frozen=True)
class Burst:
    """Records in the order in which they are folded, `gap` minutes after the last one. Several shards deliver them, so
    that one may be folded behind another that arrived later."""

    gap: int
    records: tuple[Planned, ...]


PHONES = {
    "Open On Phone": {"id": "phone", "type": "ios", "token": "T1"},
    "Open On Tablet": {"id": "tablet", "type": "ios", "token": "T1"},
    "Log Out": {"id": "phone", "type": "ios", "token": "T1", "registered": False},
}
"""Two people who use one phone; and what ends push on it."""

TOO_MUCH = "Too Much"
"""An identify that is refused, but only behind the part that lets somebody join."""

FORGETS = {"Forget Plan": "plan", "Forget Pet": "pet"}
"""An identify that takes a trait back."""

names = st.sampled_from(["View Item", "Add To Cart", "identify", "alias", *PHONES, TOO_MUCH, *FORGETS])
minutes = st.sampled_from([0, 0, 20, 30, 50, 90]) | st.integers(0, 150)
"""Now and then at the very instant of what was before, or of a timer."""
records = st.builds(
    Planned,
    user=st.sampled_from([None, "u1", "u1", "u2"]),
    visitor=st.sampled_from([None, *VISITORS]),
    names=st.lists(names, min_size=1, max_size=3).map(tuple),
    offset=st.sampled_from([0, 0, 10]) | st.integers(0, 40),
    late=st.sampled_from([0, 0, 0, 10, 45, 3000]),
    browser=st.booleans(),
).filter(lambda record: record.user or record.visitor)
bursts = st.lists(
    st.builds(Burst, minutes, st.lists(records, min_size=1, max_size=3).map(tuple)),
    min_size=1,
    max_size=5,
)


class Delivery(NamedTuple):
    """How the records come: cut into batches of so many, some delivered twice, in portions of so many bytes, with a
    sweep so many minutes before the next burst, if any."""

    cuts: tuple[int, ...]
    twice: tuple[bool, ...]
    portion: int
    sweeps: tuple[int | None, ...]


ROOMY = 8 * 1024
"""A portion that holds whatever one batch decides."""

sweeps = st.lists(st.sampled_from([None, 0, 1, 20, 60]), min_size=7, max_size=7).map(tuple)
twice = st.lists(st.booleans(), min_size=24, max_size=24).map(tuple)
deliveries = st.builds(
    Delivery,
    st.lists(st.integers(1, 4), min_size=24, max_size=24).map(tuple),
    twice,
    st.sampled_from([2, 300, 1_000, PORTION, ROOMY, ROOMY, ROOMY]),
    sweeps,
)
"""Small portions with batches of several records, too: a record whose portion is full lets those of other people in its
batch go first, but none that concerns whom it names."""

PLAINLY = Delivery((10,) * 24, (False,) * 24, ROOMY, (None,) * 7)


@pytest.fixture(autouse=True)
def nudging() -> Iterator[None]:
    nudges, order = Nudges(), shared.fold.ORDER
    parts = tuple(nudges if part is utm else part for part in order.parts)
    waiting = (*order.waiting, nudges)
    nudging = replace(order, parts=parts, waiting=waiting)
    with mock.patch.object(shared.fold, "ORDER", nudging), mock.patch.dict(REMEMBERING, utm=nudges):
        yield


def written(stage: Stage, record: Planned, number: int, at: datetime) -> LambdaRecord:
    happened = at - record.late * MINUTE
    events: list[dict[str, Any]] = []
    for position, name in enumerate(record.names):
        says_traits = name in ("identify", TOO_MUCH, *FORGETS)
        kind = "identify" if says_traits else "alias" if name == "alias" else "track"
        event: dict[str, Any] = {"id": f"e{number}-{position}", "type": kind, "name": name}
        event |= {
            "occurred_at": happened + position * MINUTE,
            "traits": traits_of(name, number),
        }
        if kind == "alias" and record.user:
            event["previous_id"] = "u2" if record.user == "u1" else "u1"
        if record.visitor:
            event["context"] = {"timezone": f"Zone/{number}", "locale": record.visitor}
        if name in PHONES:
            event["context"] = {**event.get("context", {}), "device": PHONES[name]}
        event |= {"user_id": record.user} if record.user else {}
        event |= {"anonymous_id": record.visitor} if record.visitor else {}
        events.append(event)
    return stage.record(*events, at=at, trust="browser" if record.browser else "server")


def traits_of(name: str, number: int) -> dict[str, Any]:
    if name == "identify":
        return {"email": f"{number}@shop.example", "plan": number, "pet": number}
    if name == TOO_MUCH:
        return {"bio": "y" * 9_000}
    return {FORGETS[name]: None} if name in FORGETS else {}


def ticks(stage: Stage, at: datetime) -> list[LambdaRecord]:
    """What `sweep` sends to whoever is due."""
    people = {stage.profiles.person(key).key: stage.profiles.person(key) for key in known(stage)}
    due = [person for person in people.values() if person.due_at is not None and person.due_at <= at]
    return [
        stage.lambda_record(*timer(DueProfile(person.key, place(person.key, at)), at), at) for person in due
    ]


def known(stage: Stage) -> list[str]:
    return [key for key, item in stage.profiles.load(PEOPLE).items() if isinstance(item, Profile | Pointer)]


def batches(delivery: Delivery, records: Sequence[LambdaRecord]) -> Iterator[list[LambdaRecord]]:
    """The records in batches, some of which are delivered a second time, with one more or one less in them."""
    start = 0
    for cut, twice in zip(delivery.cuts, delivery.twice, strict=True):
        batch = [*records[start : start + cut]]
        if batch and twice:
            yield batch[: max(1, len(batch) - 1)]
        if batch:
            yield batch
        start += cut


class Seen(NamedTuple):
    people: dict[str, bytes]
    events: dict[tuple[str, str], str]
    requests: dict[str, str]
    forwarded: set[str]
    refused: set[tuple[str, str]]


def lived(plan: Sequence[Burst], delivery: Delivery, workspace: Workspace = WORKSPACE) -> Seen:
    stage, at, number = Stage(workspace), NOON, 0
    most = max(delivery.portion, PORTION)
    with mock.patch.multiple(budgets, PORTION=delivery.portion, MOST_IN_A_SAVE=most):
        for burst, sweep in zip(
            (*plan, Burst(10_000, (LAST_U1, LAST_U2, *LAST))), delivery.sweeps, strict=False
        ):
            at += burst.gap * MINUTE
            if sweep is not None and sweep <= burst.gap:
                for tick in ticks(stage, at - sweep * MINUTE):
                    stage.deliver(tick)
            coming = []
            for record in burst.records:
                coming.append(written(stage, record, number, at + record.offset * MINUTE))
                number += 1
            for batch in batches(delivery, coming):
                stage.deliver(*batch)
            at += max(record.offset for record in burst.records) * MINUTE
    assert not stage.dead_letters.letters
    return Seen(
        {key: slices(item) for key, item in stage.profiles.load(PEOPLE).items()},
        {(row.event.id, row.event.name): row.event.model_dump_json() for row in stage.bus.rows.values()},
        {
            entry.id: f"{entry.campaign} {entry.depth} {entry.requested_at} {entry.event.model_dump_json()}"
            for entry in stage.bus.requests.values()
        },
        {*stage.bus.forwarded},
        {
            (str(one.event_id), str(one.reasons))
            for one in stage.rejected.latest(1_000, NOON - timedelta(days=9))
        },
    )


LAST_U1, LAST_U2 = (Planned(user, None, ("View Item",), 0, 0) for user in ("u1", "u2"))
LAST = tuple(Planned(None, visitor, ("View Item",), 0, 0) for visitor in VISITORS)
"""Whatever is due by the end is folded then, in either case."""


def slices(item: Profile | Pointer) -> bytes:
    """A person as far as the law goes, as they are stored; of a pointer, whom it leads to."""
    if isinstance(item, Pointer):
        return item.target.encode()
    stored = [f"{one.name} {one.data.hex()} {one.due}" for one in item.states.slices()]
    return "\n".join([*stored, str(item.clock)]).encode()


def of(user: str | None, visitor: str | None, *names: str, late: int = 0) -> Planned:
    return Planned(user, visitor, names, 0, late)


ONE_BY_ONE = PLAINLY._replace(cuts=(1,) * 24)
SMALL = ONE_BY_ONE._replace(portion=2)
SWEPT = ONE_BY_ONE._replace(sweeps=(None, 0, None, None, None, None, None))


@example(
    [
        Burst(0, (of("u1", None, "View Item"),)),
        Burst(30, (of(None, "a1", "View Item"), of("u1", "a1", TOO_MUCH))),
    ],
    SWEPT,
).via("a refused event that had joined somebody left their slices behind")
@example(
    [
        Burst(0, (of("u2", None, "Open On Phone"),)),
        Burst(9, (of("u1", None, "Open On Phone", "Log Out"),)),
    ],
    SMALL,
).via("a token changed hands only if the portion ended before it was given back")
@example(
    [Burst(0, (of("u1", None, *["View Item"] * 10),))],
    SMALL,
).via("an event over the limit had the session of the one before it")
@example(
    [Burst(0, (of("u1", None, "identify"), of("u1", None, "Forget Plan"), of("u1", None, "Forget Pet")))],
    ONE_BY_ONE,
).via("saves changed the order in which the times of removed traits are written")
@example(
    [Burst(0, (of("u1", None, "View Item", "alias"), of("u2", None, "View Item")))],
    SMALL._replace(cuts=(2,) * 24),
).via("who is named by what is left of a record went before it, as somebody of their own")
@example(
    [Burst(0, (of("u1", None, "View Item", "Open On Phone"), of("u2", None, "Open On Phone")))],
    SMALL._replace(cuts=(2,) * 24),
).via("whoever registered a token last was overtaken by what is left of another's record")
@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=60,
)
@given(bursts, deliveries)
def test_cuts_deliveries_and_sweeps_change_no_decision_and_no_slice(
    plan: list[Burst], delivery: Delivery
) -> None:
    assert lived(plan, delivery) == lived(plan, PLAINLY)


CROWDED = WORKSPACE.model_copy(
    update={
        "campaigns": tuple(
            Campaign(id=f"{event} {n}", name=event, event=event, channel="email", template="t")
            for event in (
                "Add To Cart",
                "Session Started",
                "Session Concluded",
                "Profile Merged",
                "Nudge Due",
            )
            for n in range(5)
        )
    }
)


@pytest.mark.parametrize(("messages", "room"), [(3, FROM_ONE_CAUSE), (7, FROM_ONE_CAUSE), (100, 700)])
@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=25,
)
@given(plan=bursts, delivery=deliveries)
def test_nor_do_they_change_what_is_dropped_where_more_would_follow_than_may(
    messages: int, room: int, plan: list[Burst], delivery: Delivery
) -> None:
    with mock.patch.multiple(consequences, MOST_MESSAGES=messages, FROM_ONE_CAUSE=room):
        assert lived(plan, delivery, CROWDED) == lived(plan, PLAINLY, CROWDED)


def test_the_histories_have_what_the_law_is_about() -> None:
    """Sessions that end, nudges that go round until they are cut, merges, messages that timers asked for."""
    plan = [
        Burst(0, (Planned("u1", None, ("Add To Cart",), 0, 0), Planned(None, "a1", ("Add To Cart",), 0, 0))),
        Burst(70, (Planned("u1", "a1", ("identify",), 0, 0),)),
    ]
    seen = lived(plan, PLAINLY)
    found = [name for _, name in seen.events]
    assert {name: found.count(name) for name in ("Profile Merged", "Session Concluded")} == {
        "Profile Merged": 1,
        "Session Concluded": 3,
    }
    assert found.count("Nudge Due") == 2 * 7
    assert len([request for request in seen.requests.values() if request.startswith("nudge")]) > 7
    assert seen.people["anonymous:a1"] == b"user:u1"
    assert identity.kind_of("user:u1") == "user"
