"""Sessions: a person's events with gaps shorter than the workspace's idle limit, by the time they happened.

Each one that starts is said (`Session Started`, at its first event), and each of those is concluded once (`Session
Concluded`, with its length in seconds) at its last event and the limit: by the timer, or by the next event, if that
happened after the gap but comes before the timer is due. An event keeps its session open until the limit has passed;
one that happens at that very instant begins the next. Events of our own open no session.

Events may come long after they happened: what a phone kept, or an imported history. The timer then waits for the limit
after the last arrival, for the next event of the session may be on its way. History has sessions of its own, beside
those that are live; within each of the two they are said in the order of time. An event from before the end of the last
one that was concluded opens none and belongs to none, or a history in the wrong order would make a session of each.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from shared.events import Event, derived_id, utc_text
from shared.fold import packing
from shared.fold.effects import Consequence, Derive, Effect, Facts, InSession, Merged, Timer
from shared.text.counting import number_of

name = "sessions"
budget = 128
reads: tuple[str, ...] = ()

PROMPT = timedelta(minutes=1)
"""An event that takes no longer to arrive needs no word about its arrival: a timer may be that late as well."""

ID, EVENTS = 16, 4
"""Bytes of an id of ours, and of how many events a session has."""


class Session(NamedTuple):
    """`came_at` is when its last event arrived, if that was more than `PROMPT` after it happened."""

    id: str
    started_at: datetime
    last_at: datetime
    events: int
    came_at: datetime | None = None

    def holds(self, at: datetime, idle: timedelta) -> bool:
        """Whether an event at that time is no further than the limit from those it has."""
        return self.started_at - idle < at < self.last_at + idle

    def due(self, idle: timedelta) -> datetime:
        """When it is concluded if nothing more comes."""
        return max(self.last_at, self.came_at or self.last_at) + idle


class Line(NamedTuple):
    """Sessions one after another: the one that runs, and the last event of the ones that are concluded."""

    current: Session | None = None
    over_at: datetime | None = None

    def holds(self, at: datetime, idle: timedelta) -> bool:
        return self.current is not None and self.current.holds(at, idle) and not self.is_over(at)

    def is_over(self, at: datetime) -> bool:
        """Whether the time belongs to sessions that are concluded."""
        return self.over_at is not None and at <= self.over_at


class Sessions(NamedTuple):
    """`current` and `over_at` are the line of live sessions, `history` the other line; `ended` are sessions that a
    merge ended, between the merge and its being said (older versions said it with the next event or timer)."""

    current: Session | None = None
    ended: tuple[Session, ...] = ()
    over_at: datetime | None = None
    history: Line = Line()

    @property
    def live(self) -> Line:
        return Line(self.current, self.over_at)

    def with_live(self, line: Line) -> Sessions:
        return Sessions(line.current, self.ended, line.over_at, self.history)


EMPTY = Sessions()


def apply(state: Sessions, event: Event, facts: Facts) -> tuple[Sessions, list[Effect]]:
    if event.type == "system":
        return state, []
    idle = facts.workspace.settings.session_idle
    # Not later than it came: a clock that runs ahead must not keep a session open.
    at = max(packing.EARLIEST, event.happened_at)
    live = state.live
    if not live.holds(at, idle) and (state.history.holds(at, idle) or facts.is_history(at)):
        line, effects = _met(state.history, event, at, facts)
        return state._replace(history=line), effects
    line, effects = _met(live, event, at, facts)
    return state.with_live(line), effects


def due(state: Sessions, facts: Facts) -> Timer | None:
    """Only time ends a session, so that nothing is kept of how deep its events were."""
    current, history = state.current, state.history.current
    if (
        current is not None and history is None and not state.ended
    ):  # as is usual: this is asked for every event
        return Timer(current.due(facts.workspace.settings.session_idle))
    idle = facts.workspace.settings.session_idle
    times = [session.due(idle) for session in (current, history) if session is not None]
    times += [session.last_at for session in state.ended]
    return Timer(min(times)) if times else None


def wake(state: Sessions, facts: Facts) -> tuple[Sessions, list[Consequence]]:
    state, following = _said(state, facts)
    idle = facts.workspace.settings.session_idle
    lines = []
    for line in (state.history, state.live):
        if line.current is not None and line.current.due(idle) <= facts.now:
            line, said = _over(line, line.current, facts)
            following += said
        lines.append(line)
    history, live = lines
    return Sessions(history=history).with_live(live), following


def merged(state: Sessions, merged: Merged, facts: Facts) -> tuple[Sessions, list[Consequence]]:
    """What the merge ended is over now."""
    return _said(state, facts)


def merge(one: Sessions, other: Sessions) -> Sessions:
    """In each line the session with the latest event goes on; the other one ends with the last event it had."""
    live, ended_live = _merged(one.live, other.live)
    history, ended_history = _merged(one.history, other.history)
    ended = (*one.ended, *other.ended, *ended_history, *ended_live)
    return Sessions(ended=ended, history=history).with_live(live)


def encode(state: Sessions) -> bytes:
    """What runs (None, where nothing does) in the two lines, then what ended: of each its id, if that is not one of
    ours, and its numbers; at last the ends of the two lines."""
    sessions = (state.current, state.history.current, *state.ended)
    texts = [(0 if packing.digest(one.id) else one.id) if one is not None else None for one in sessions]
    numbers = [_numbers(one) for one in sessions if one is not None]
    ends = packing.time(state.over_at), packing.time(state.history.over_at)
    return packing.written(texts, b"".join((*numbers, *ends)))


def decode(data: bytes) -> Sessions:
    texts, numbers = packing.read(data)
    start, found = 0, list[Session | None]()
    for text in texts:
        if text is None:
            found.append(None)
            continue
        known_as = text
        if not isinstance(text, str):
            known_as = numbers[start : start + ID].hex()
            start += ID
        at = start + EVENTS
        started_at, last_at, came_at = (
            packing.time_at(numbers, at + packing.MICROSECONDS * place) for place in range(3)
        )
        events = packing.number_at(numbers, start, EVENTS)
        found.append(
            Session(known_as, started_at or packing.EARLIEST, last_at or packing.EARLIEST, events, came_at)
        )
        start = at + 3 * packing.MICROSECONDS
    over, history_over = (
        packing.time_at(numbers, start),
        packing.time_at(numbers, start + packing.MICROSECONDS),
    )
    ended = tuple(one for one in found[2:] if one is not None)
    return Sessions(found[0], ended, over, Line(found[1], history_over))


def _numbers(session: Session) -> bytes:
    return b"".join(
        (
            packing.digest(session.id) or b"",
            packing.number(session.events, EVENTS),
            packing.time(session.started_at),
            packing.time(session.last_at),
            packing.time(session.came_at),
        )
    )


def explain(state: Sessions) -> str:
    if state.current is None:
        return "no session running"
    return f"in a session of {number_of(state.current.events, 'event')} since {utc_text(state.current.started_at)}"


def _met(line: Line, event: Event, at: datetime, facts: Facts) -> tuple[Line, list[Effect]]:
    """The line after an event that happened at `at`."""
    idle = facts.workspace.settings.session_idle
    effects: list[Effect] = []
    current = line.current
    if line.is_over(at) or (current is not None and at <= current.started_at - idle):
        return line, effects  # it comes late, from a session that is over
    if current is not None and at >= current.last_at + idle:
        line, over = _over(line, current, facts)
        effects += over
        current = None
    if current is None:
        made_of = (*event.identities[:1], event.source, event.id, event.name)
        current = Session(derived_id("session", *made_of), at, at, 0)
        effects.append(Derive("Session Started", {"session_id": current.id}, at, current.id))
    current = Session(
        current.id,
        started_at=min(at, current.started_at),
        last_at=max(at, current.last_at),
        events=current.events + 1,
        came_at=facts.now if facts.now - at > PROMPT else None,
    )
    return Line(current, line.over_at), [*effects, InSession(current.id)]


def _said(state: Sessions, facts: Facts) -> tuple[Sessions, list[Consequence]]:
    """What a merge ended is concluded."""
    return state._replace(ended=()), [_concluded(session, facts) for session in state.ended]


def _merged(one: Line, other: Line) -> tuple[Line, list[Session]]:
    running = sorted(filter(None, (one.current, other.current)), key=lambda session: session.last_at)
    line = Line(running[-1] if running else None, _latest(one.over_at, other.over_at))
    return line, running[:-1]


def _latest(*times: datetime | None) -> datetime | None:
    return max((time for time in times if time is not None), default=None)


def _over(line: Line, session: Session, facts: Facts) -> tuple[Line, list[Consequence]]:
    """The line after its session, which is concluded."""
    return Line(None, _latest(line.over_at, session.last_at)), [_concluded(session, facts)]


def _concluded(session: Session, facts: Facts) -> Derive:
    length = round((session.last_at - session.started_at).total_seconds(), 3)
    properties = {
        "session_id": session.id,
        "session_length": length,
        "events": session.events,
        "started_at": utc_text(session.started_at),
    }
    # What a merge ended may not have lasted until the limit.
    at = min(session.last_at + facts.workspace.settings.session_idle, facts.now)
    return Derive("Session Concluded", properties, at, session.id)
