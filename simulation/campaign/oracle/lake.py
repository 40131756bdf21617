"""Nothing is lost, nothing is made up: each accepted event is in the lake once, or was rejected later, or put aside, by
name; and within a partition key, rows are in the order in which they were sent."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator

from simulation.campaign.oracle.observed import Row
from simulation.campaign.oracle.truth import Fate, Finding, Truth, is_before


def check(truth: Truth) -> Iterator[Finding]:
    rows = {row.identity: row for row in truth.observed.rows}
    found: dict[str, list[Row]] = {}
    for row in rows.values():
        marker = truth.marker_of(row.event_id, row.said)
        if marker is not None:
            found.setdefault(marker, []).append(row)
        elif row.source != "headrace" and row.protocol != "clevertap":
            yield Finding("nothing is made up", row.event_id, f"a row of {row.name} that nobody sent")
    for marker, fate in truth.by_marker.items():
        if fate.said.has_id or fate.said.type == "track":
            yield from _of_one(truth, fate, found.get(marker, []))
    yield from _from_one_place(truth)
    yield from _without_ids(truth, list(rows.values()))
    yield from _in_order(truth, found)


def _of_one(truth: Truth, fate: Fate, rows: list[Row]) -> Iterator[Finding]:
    said = fate.said
    is_rejected = said.marker in truth.rejected
    is_aside = fate.is_aside or said.marker in truth.unarchived
    if fate.is_accepted is False:
        if rows:
            yield Finding("rejected is rejected", said.marker, "was rejected and is in the lake")
        return
    if len(rows) > 1:
        yield Finding("nothing is counted twice", said.marker, f"is {len(rows)} different rows of the lake")
    if rows and is_rejected and fate.is_sound:
        yield Finding("one outcome", said.marker, "is in the lake and among the rejected events")
    if fate.is_accepted and not rows and not is_aside and not is_rejected:
        yield Finding(
            "nothing is lost", said.marker, f"{said.name} of {said.person} was accepted, and is nowhere"
        )
    if fate.is_certain and is_rejected and not rows:
        yield Finding(
            "sound events are kept", said.marker, f"{said.name} of {said.person} was rejected later"
        )


def _from_one_place(truth: Truth) -> Iterator[Finding]:
    """The view shows an event once, however often it is there. But all copies must be of one record: two would mean
    that it was folded twice."""
    places: dict[tuple[str, str, str, str], set[tuple[str, int]]] = {}
    for row in truth.observed.rows:
        places.setdefault(row.identity, set()).add((row.sequence, row.ordinal))
    for (key, _, event_id, name), found in places.items():
        if len(found) > 1:
            yield Finding(
                "nothing is counted twice",
                f"{name} {event_id} of {key}",
                f"was folded at {len(found)} places",
            )


def _without_ids(truth: Truth, rows: list[Row]) -> Iterator[Finding]:
    """Profiles of clients that give no ids: their rows can only be counted, for each partition key."""
    seen = Counter(row.key for row in rows if row.protocol == "clevertap" and row.type == "identify")
    least: Counter[str] = Counter()
    most: Counter[str] = Counter()
    for fate in truth.fates:
        if not fate.said.has_id and fate.said.type == "identify":
            most[fate.said.key] += fate.is_possible
            least[fate.said.key] += fate.is_certain
    for key in most:
        if not least[key] <= seen[key] <= most[key]:
            words = f"{seen[key]} rows of {least[key]} to {most[key]} profiles sent without ids"
            promise = "nothing is lost" if seen[key] < least[key] else "nothing is counted twice"
            yield Finding(promise, key, words)


def _in_order(truth: Truth, found: dict[str, list[Row]]) -> Iterator[Finding]:
    by_key: dict[str, list[tuple[str, int, str]]] = {}
    for marker, rows in found.items():
        if truth.by_marker[marker].is_accepted:
            for row in rows:
                by_key.setdefault(row.key, []).append((row.sequence, row.ordinal, marker))
    for key, places in by_key.items():
        places.sort(key=lambda place: (int(place[0]), place[1]))
        for (_, _, before), (_, _, after) in itertools.pairwise(places):
            if is_before(truth.by_marker[after], truth.by_marker[before]):
                yield Finding(
                    "order per person", key, f"{after} was sent before {before} and stands behind it"
                )
