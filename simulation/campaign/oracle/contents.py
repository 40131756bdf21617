"""What is kept of an event is what was said: in the lake, on the bus, and in what a person did first and last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from simulation.campaign.oracle.observed import Row
from simulation.campaign.oracle.truth import Fate, Finding, Truth

ROUNDED = timedelta(seconds=1)
"""Times of some clients are whole seconds, and all are whole milliseconds."""

UNCORRECTED = timedelta(minutes=5)
"""A client's clock that is less wrong is taken as right."""


def check(truth: Truth) -> Iterator[Finding]:
    for row in truth.observed.rows:
        marker = truth.marker_of(row.event_id, row.said)
        fate = truth.by_marker[marker] if marker is not None else None
        if fate is not None and fate.said.is_sound and fate.said.type == "track":
            yield from _as_said(row, fate)
    yield from _forwarded(truth)
    yield from _first_and_last(truth)


def _as_said(row: Row, fate: Fate) -> Iterator[Finding]:
    said = fate.said
    amount = said.properties.get("amount")
    if amount is not None and row.amount != str(amount):
        yield Finding("the lake is true", said.marker, f"has the amount {row.amount}, not {amount}")
    user = said.key.removeprefix("user:") if said.key.startswith("user:") else None
    if row.user_id != user:
        yield Finding("the lake is true", said.marker, f"has the user id {row.user_id}, not {user}")
    if said.at is None:
        return
    first, last = _happened(fate)
    if not first - ROUNDED <= _time(row.occurred_at) <= last + ROUNDED:
        yield Finding(
            "the lake is true", said.marker, f"happened at {row.occurred_at}, not {first} to {last}"
        )


def _forwarded(truth: Truth) -> Iterator[Finding]:
    """Once at least: a rule of an operator's may see it again."""
    versions = [truth.history.workspace, *(one.workspace for one in truth.history.applied)]
    always = set.intersection(*({one.id for one in version.events if one.forward} for version in versions))
    for fate in truth.fates:
        said = fate.said
        if (
            said.name in always
            and said.has_id
            and fate.is_certain
            and said.marker not in truth.observed.forwarded
        ):
            yield Finding("events are forwarded", said.marker, f"{said.name} never went on the bus")


def _first_and_last(truth: Truth) -> Iterator[Finding]:
    for person in truth.history.people:
        if person.certainty != "exact":
            continue
        roots = {truth.observed.leads_to.get(key) for key in person.keys} - {None}
        stored = truth.observed.people.get(next(iter(roots)) or "") if len(roots) == 1 else None
        fates = truth.by_person[person.name]
        for name, span in (stored.spans if stored is not None else {}).items():
            of_name = [_happened(fate) for fate in fates if fate.said.name == name and fate.is_possible]
            certain = [_happened(fate) for fate in fates if fate.said.name == name and fate.is_certain]
            if not certain:
                continue
            first = min(one for one, _ in of_name), min(one for _, one in certain)
            last = max(one for one, _ in certain), max(one for _, one in of_name)
            for word, at, (least, most) in (("first", span[0], first), ("last", span[1], last)):
                if not least - ROUNDED <= at <= most + ROUNDED:
                    words = f"{name} happened {word} at {at}, not {least} to {most}"
                    yield Finding("profiles are true", person.name, words)


def _happened(fate: Fate) -> tuple[datetime, datetime]:
    """Between what times."""
    first, last = fate.told_at
    slack = UNCORRECTED if fate.said.is_corrected else timedelta()
    return first - slack, last + slack


def _time(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)
