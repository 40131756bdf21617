"""Sessions: a person's events with gaps shorter than the workspace's idle limit.

Each one that starts is said (`Session Started`), and each of those is concluded (`Session Concluded`, with its length
in seconds) once: by the next event after the gap, or by the timer. An event keeps its session open until the limit has
passed; one that happens at that very instant begins the next, so it makes no difference whether the timer came first.
Events of our own open no session.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from shared.events import Event, derived_id, utc_text
from shared.fold.compact_times import CompactTime
from shared.fold.effects import Derive, Effect, Facts, InSession, is_timer
from shared.workspace import Settings

name = "sessions"
budget = 2 * 1024
reads: tuple[str, ...] = ()

CONCLUDED_AT_ONCE = 16
"""Sessions that one event or timer concludes; a pass has room for so many events and some more. The others wait for the
next, which comes at once."""

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Session:
    id: str
    started_at: CompactTime
    last_at: CompactTime
    events: int


@dataclass(frozen=True, slots=True)
class Sessions:
    """`ended` are sessions that a merge ended: said with the next event or timer."""

    current: Session | None = None
    ended: tuple[Session, ...] = ()


def apply(state: Sessions, event: Event, facts: Facts) -> tuple[Sessions, list[Effect]]:
    if event.type == "system":
        return _woken(state, facts) if is_timer(event) else (state, [])
    idle = facts.workspace.settings.session_idle
    effects, waiting = _said(state.ended)
    current = state.current
    at = event.happened_at  # not later than it came: a clock that runs ahead must not keep a session open
    if current is not None and at <= current.started_at - idle:
        return Sessions(current, waiting), effects  # it comes late, from a session that is over
    if current is not None and at >= current.last_at + idle:
        effects.append(_concluded(current))
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
    )
    return Sessions(current, waiting), [*effects, InSession(current.id)]


def due(state: Sessions, settings: Settings) -> datetime | None:
    if state.ended:
        return LONG_AGO
    if state.current is None:
        return None
    return state.current.last_at + settings.session_idle


def merge(one: Sessions, other: Sessions) -> Sessions:
    """The session with the latest event goes on; the other one ends with the last event it had."""
    running = sorted(filter(None, (one.current, other.current)), key=lambda session: session.last_at)
    return Sessions(running[-1] if running else None, (*one.ended, *other.ended, *running[:-1]))


def explain(state: Sessions) -> str:
    if state.current is None:
        return "no session running"
    return f"in a session of {state.current.events} events since {utc_text(state.current.started_at)}"


def _woken(state: Sessions, facts: Facts) -> tuple[Sessions, list[Effect]]:
    effects, waiting = _said(state.ended)
    current = state.current
    if current is not None and current.last_at + facts.workspace.settings.session_idle <= facts.now:
        effects.append(_concluded(current))
        current = None
    return Sessions(current, waiting), effects


def _said(ended: tuple[Session, ...]) -> tuple[list[Effect], tuple[Session, ...]]:
    """Those of the ended sessions that are concluded now, and those that wait."""
    effects: list[Effect] = [_concluded(session) for session in ended[:CONCLUDED_AT_ONCE]]
    return effects, ended[CONCLUDED_AT_ONCE:]


def _concluded(session: Session) -> Derive:
    length = round((session.last_at - session.started_at).total_seconds(), 3)
    properties = {
        "session_id": session.id,
        "session_length": length,
        "events": session.events,
        "started_at": utc_text(session.started_at),
    }
    return Derive("Session Concluded", properties, session.last_at, session.id)
