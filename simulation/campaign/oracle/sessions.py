"""Each session that starts is concluded, once; and what was due before an event came is folded before it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from simulation.campaign.history.model import Person
from simulation.campaign.oracle.observed import Row
from simulation.campaign.oracle.truth import Finding, Truth

STARTED, CONCLUDED = "Session Started", "Session Concluded"

MINUTE = timedelta(minutes=1)

ROUNDED = 0.005
"""Seconds: times are whole milliseconds."""

PROMPT = timedelta(seconds=50)
"""Whoever is never later than this has timers that come at the very end of the idle limit."""


def check(truth: Truth) -> Iterator[Finding]:
    started = _by_session(truth, STARTED)
    concluded = _by_session(truth, CONCLUDED)
    if not truth.observed.put_aside:
        timers_may_wait = truth.clocks_off > MINUTE  # `process` says when somebody who is overdue is due
        for session in sorted((concluded if timers_may_wait else started | concluded).keys()):
            if session in started and session in concluded:
                continue
            row = (started | concluded)[session]
            what = (
                "was started and never concluded" if session in started else "was concluded and never started"
            )
            yield Finding("sessions end", row.person, f"session {session} {what}")
        yield from _lengths(truth, concluded)
    if len(_idle_limits(truth)) > 1 or truth.clocks_off:
        return
    for person in truth.history.people:
        if person.certainty == "exact" and len(person.keys) == 1 and _is_prompt(truth, person):
            yield from _timers_first(person, concluded)


def _lengths(truth: Truth, concluded: dict[str, Row]) -> Iterator[Finding]:
    """A session has the events that the lake says it has, from its first to its last."""
    times: dict[str, dict[tuple[str, str, str, str], str]] = {}
    for row in truth.observed.rows:
        if row.in_session is not None and row.type != "system":
            times.setdefault(row.in_session, {})[row.identity] = min(row.occurred_at, row.received_at)
    for session, row in concluded.items():
        found = sorted(times.get(session, {}).values())
        if row.events != str(len(found)):
            words = f"session {session} had {row.events} events, and {len(found)} are in the lake"
            yield Finding("sessions are true", row.person, words)
        elif found and row.length is not None:
            length = datetime.fromisoformat(found[-1]) - datetime.fromisoformat(found[0])
            if abs(length.total_seconds() - float(row.length)) > ROUNDED:
                words = f"session {session} took {row.length} seconds, and its events {length}"
                yield Finding("sessions are true", row.person, words)


def _timers_first(person: Person, concluded: dict[str, Row]) -> Iterator[Finding]:
    """Of a prompt person no event comes before the timer of the session before it is due."""
    for session, row in concluded.items():
        if row.person == person.keys[0] and row.received_at != row.occurred_at:
            words = f"session {session} ended at {row.occurred_at} and was concluded at {row.received_at}"
            yield Finding("timers first", person.name, words)


def _by_session(truth: Truth, name: str) -> dict[str, Row]:
    return {row.session: row for row in truth.observed.rows if row.name == name and row.session is not None}


def _is_prompt(truth: Truth, person: Person) -> bool:
    """Whether each of their events was taken soon after it happened."""
    fates = truth.by_person[person.name]
    return all(
        fate.is_certain and not fate.said.is_corrected and fate.last - (fate.said.at or fate.first) <= PROMPT
        for fate in fates
    )


def _idle_limits(truth: Truth) -> set[int]:
    versions = [truth.history.workspace, *(one.workspace for one in truth.history.applied)]
    return {version.settings.session_idle_seconds for version in versions}
