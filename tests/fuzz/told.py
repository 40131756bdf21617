"""What an answer says of how many events were accepted and rejected: each format that counts, in its own words."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

INFOBIPS = re.compile(r"Events stored: (\d+); refused, and kept for replay: (\d+)\.")
PINPOINTS = re.compile(r"Accepted (\d+) of \d+ endpoints, rejected (\d+): ")


class Told(NamedTuple):
    """None where nothing is said of it."""

    accepted: int | None = None
    rejected: int | None = None


def told(body: Any) -> Told:
    """By an answer's body, JSON read."""
    if not isinstance(body, dict):
        return Told()
    if "processed" in body:  # CleverTap
        return Told(body["processed"], len(body["unprocessed"]))
    for field, pattern in (("title", INFOBIPS), ("Message", PINPOINTS)):
        if found := pattern.match(str(body.get(field, ""))):
            return Told(int(found[1]), int(found[2]))
    if "results" in body:  # PostHog: equal names are one, and the list has only what has none
        return Told()
    listed = body.get("rejected")
    rejected = None if listed is None else len(listed) + body.get("not_listed", 0)
    return Told(body.get("accepted"), rejected)


def shown(body: Any) -> Told:
    """By the events that the header `headrace-debug` has shown, where all are."""
    if not isinstance(body, dict) or "milliseconds" not in body or "events_not_shown" in body:
        return Told()
    verdicts = [one["verdict"] for one in body["events"]]
    return Told(verdicts.count("accepted"), verdicts.count("rejected"))
