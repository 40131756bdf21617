"""A run told line by line: when, who, what, and which fault; then what is not as promised."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from simulation.campaign.oracle.answers import accepted
from simulation.campaign.running import Run

MOST_LINES = 400


def story(run: Run) -> list[str]:
    lines = sorted([*_sent(run), *_struck(run), *_moments(run)])
    shown = [f"{at:%d %H:%M:%S.%f}"[:-3] + f"  {who:<9} {what}" for at, who, what in lines]
    if len(shown) > MOST_LINES:
        shown = [*shown[:MOST_LINES], f"… and {len(shown) - MOST_LINES} more"]
    return [
        f"seed {run.history.seed}: {len(run.history.requests)} requests, {run.history.events} events",
        *(f"  {person.name}: {person.about}" for person in run.history.people if _is_there(run, person.name)),
        *shown,
        *(f"NOT AS PROMISED  {finding}" for finding in run.findings),
    ]


Line = tuple[datetime, str, str]


def _sent(run: Run) -> Iterator[Line]:
    requests = {request.number: request for request in run.history.requests}
    for attempt in run.observed.attempts:
        request = requests[attempt.request]
        taken = accepted(request.protocol, attempt.status, attempt.body, len(request.said))
        answer = "nothing" if taken is None else f"{sum(taken)} accepted of {len(taken)}"
        events = ", ".join(f"{said.marker} {said.name} of {said.key}" for said in request.said[:4])
        more = f" and {len(request.said) - 4} more" if len(request.said) > 4 else ""
        yield attempt.at, "client", f"request {request.number} ({request.protocol}): {events}{more}"
        yield attempt.until, "collect", f"request {request.number}: {attempt.status}, {answer}"
    for applied in run.history.applied:
        campaigns = ", ".join(campaign.id for campaign in applied.workspace.campaigns)
        yield applied.at, "operator", f"applies a workspace with {campaigns or 'no campaigns'}"
    for taken_ in run.observed.taken:
        yield taken_.at, "provider", f"takes {taken_.text} by {taken_.channel} to {taken_.to}"


def _struck(run: Run) -> Iterator[Line]:
    for struck in run.struck:
        yield struck.at, "FAULT", f"{struck.kind}: {struck.place}"


def _moments(run: Run) -> Iterator[Line]:
    for moment in run.plan.moments:
        yield moment.at, "FAULT", str(moment)
    for kind in sorted(run.plan.throughout):
        yield run.history.start, "FAULT", f"{kind}, until {run.plan.until:%d %H:%M}"


def _is_there(run: Run, person: str) -> bool:
    return any(said.person == person for request in run.history.requests for said in request.said)
