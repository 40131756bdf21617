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

from shared.events import Event, derived_id, utc_text
from shared.fold import packing
from shared.fold.effects import Consequence, Derive, Effect, Facts, InSession, Merged, Timer
from shared.fold.parts.sessions.session import EMPTY, Line, Session, Sessions, running
from shared.fold.parts.sessions.storing import decode, encode
from shared.text.counting import number_of

__all__ = [
    "EMPTY", "apply", "budget", "decode", "due", "encode", "explain", "merge", "merged", "name", "reads", "wake",
]  # fmt: skip

name = "sessions"
budget = 128
reads: tuple[str, ...] = ()

PROMPT = timedelta(minutes=1)
"""An event that takes no longer to arrive needs no word about its arrival: a timer may be that late as well."""


def apply(state: Sessions, event: Event, facts: Facts) -> tuple[Sessions, list[Effect]]:
    if event.type == "system":
        return state, []
    # Not later than it came: a clock that runs ahead must not keep a session open.
    at = max(packing.EARLIEST, event.happened_at)
    current = running(state, at, facts.workspace.settings.session_idle)
    if current is not None:  # as of most events
        current = _with_one_more(current, at, facts)
        return Sessions(current, state.ended, state.over_at, state.history), [InSession(current.id)]
    if _is_of_history(state, at, facts):
        line, effects = _met(state.history, event, at, facts)
        return state._replace(history=line), effects
    line, effects = _met(state.live, event, at, facts)
    return state.with_live(line), effects


def running_at(state: Sessions, event: Event, facts: Facts) -> str | None:
    """The session that an event belongs to which is not folded: it opens none, and keeps none open."""
    at = max(packing.EARLIEST, event.happened_at)
    idle = facts.workspace.settings.session_idle
    current = running(state, at, idle) or running(state.history, at, idle)
    return current.id if current is not None else None


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


def explain(state: Sessions) -> str:
    if state.current is None:
        return "no session running"
    return f"in a session of {number_of(state.current.events, 'event')} since {utc_text(state.current.started_at)}"


def _is_of_history(state: Sessions, at: datetime, facts: Facts) -> bool:
    """Whether an event with which no live session goes on belongs to the other line."""
    is_running = running(state.history, at, facts.workspace.settings.session_idle) is not None
    return is_running or facts.is_history(at)


def _met(line: Line, event: Event, at: datetime, facts: Facts) -> tuple[Line, list[Effect]]:
    """The line after an event that happened at `at`."""
    idle = facts.workspace.settings.session_idle
    effects: list[Effect] = []
    current = running(line, at, idle)
    if current is None:
        last = line.current
        if line.is_over(at) or (last is not None and at <= last.started_at - idle):
            return line, effects  # it comes late, from a session that is over
        if last is not None:
            line, over = _over(line, last, facts)
            effects += over
        made_of = (*event.identities[:1], event.source, event.id, event.name)
        current = Session(derived_id("session", *made_of), at, at, 0)
        effects.append(Derive("Session Started", {"session_id": current.id}, at, current.id))
    current = _with_one_more(current, at, facts)
    effects.append(InSession(current.id))
    return Line(current, line.over_at), effects


def _with_one_more(session: Session, at: datetime, facts: Facts) -> Session:
    """The session after another event. Comparisons are written out where each event makes them: `min` and `max` take
    three times as long."""
    id_, started_at, last_at, events, _ = session
    now = facts.now
    return Session(
        id_,
        at if at < started_at else started_at,  # noqa: FURB136
        at if at > last_at else last_at,  # noqa: FURB136
        events + 1,
        now if now - at > PROMPT else None,
    )


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
