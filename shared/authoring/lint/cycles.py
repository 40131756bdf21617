"""Campaigns that set each other off: a message makes the event `Notification Sent`, which may ask for the next one.

At run time such a chain ends at a depth of eight, that is eight messages to one person too late. There are no other
circles that a workspace can express today: campaigns are all that acts, and only what a message is followed by can be
their doing. A test holds this page to the list of our own events.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from shared.authoring.compiling import Compiled
from shared.authoring.findings import Finding
from shared.conditions import matcher
from shared.own_events import NOTIFICATION_SENT
from shared.workspace.model import Campaign

ENDS_BY_ITSELF = frozenset({"Push Token Invalid"})
"""Follows a push message, and takes a token away each time: a circle of it is over with the person's last device."""

FOLLOWS_NO_MESSAGE = frozenset(
    {"Session Started", "Session Concluded", "App Version Changed", "UTM Visited", "Profile Merged"}
)
"""What people do makes these, or time; nothing that a campaign does."""

KNOWN = frozenset({"campaign", "channel"})
"""Properties of Notification Sent whose values are known before it is sent."""


def check(compiled: Compiled) -> Iterator[Finding]:
    campaigns = compiled.workspace.campaigns
    if any(matcher.problems(campaign.where) for campaign in campaigns if campaign.where is not None):
        return
    followers = {one.id: [other.id for other in campaigns if may_follow(other, one)] for one in campaigns}
    reported: set[frozenset[str]] = set()
    for campaign in campaigns:
        cycle = _way_back(campaign.id, followers)
        if cycle is None or frozenset(cycle) in reported:
            continue
        reported.add(frozenset(cycle))
        way = " → ".join([*cycle, cycle[0]])
        message = f"campaigns trigger each other forever: {way}"
        advice = f"Add a condition on `campaign` or `channel` of {NOTIFICATION_SENT} that excludes them."
        places = [compiled.place("campaigns", one, "event") for one in cycle]
        yield Finding(places[0], "cycle", "error", message, advice, tuple(places[1:]))


def may_follow(later: Campaign, earlier: Campaign) -> bool:
    """Whether the message of `earlier` may set off `later`."""
    if later.event != NOTIFICATION_SENT:
        return False
    return later.where is None or _holds(later.where, earlier) is not False


def _holds(where: Mapping[str, Any], sent: Campaign) -> bool | None:
    """Whether the condition holds for the event of that message; None when it depends on what is not known yet."""
    if "not" in where:
        inner = _holds(where["not"], sent)
        return None if inner is None else not inner
    if "all" in where:
        found = [_holds(one, sent) for one in where["all"]]
        return False if False in found else None if None in found else True
    if "any" in where:
        found = [_holds(one, sent) for one in where["any"]]
        return True if True in found else None if None in found else False
    if where.get("property") not in KNOWN:
        return None
    properties = {"campaign": sent.id, "channel": sent.channel}
    return matcher.matcher(where)(matcher.Facts(now=datetime.min.replace(tzinfo=UTC), properties=properties))


def _way_back(start: str, followers: Mapping[str, list[str]]) -> list[str] | None:
    """The shortest way from a campaign back to itself."""
    waiting = [[start]]
    seen: set[str] = set()
    while waiting:
        way = waiting.pop(0)
        for following in followers[way[-1]]:
            if following == start:
                return way
            if following not in seen:
                seen.add(following)
                waiting.append([*way, following])
    return None
