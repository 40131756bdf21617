"""At most one message per campaign and event at the providers, none that nobody asked for, and of each that was to be
sent, what became of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from shared.workspace.model import Campaign
from simulation.campaign.history.workspaces import NAMES
from simulation.campaign.oracle.truth import Fate, Finding, Truth, is_before

SAYS = re.compile(r"\[(c\d+) ([^\]]+)\]")

HISTORY = timedelta(hours=24)

ENDED = frozenset({"sent", "delivered", "failed", "skipped", "expired", "uncertain"})
"""Of the message log: nothing more happens to these."""


def check(truth: Truth) -> Iterator[Finding]:
    versions = [truth.history.workspace, *(one.workspace for one in truth.history.applied)]
    campaigns: dict[str, list[Campaign]] = {}
    for version in versions:
        for campaign in version.campaigns:
            campaigns.setdefault(campaign.id, []).append(campaign)
    sent: Counter[tuple[str, str, str]] = Counter()
    for one in truth.observed.taken:
        found = SAYS.search(one.text)
        if found is None:
            yield Finding("no message unasked", one.to, f"a provider took {one.text!r}")
            continue
        id_, event = found.groups()
        sent[id_, event, one.to] += 1
        yield from _asked_for(truth, campaigns.get(id_), event, id_)
    for (id_, event, to), count in sent.items():
        if count > 1:
            yield Finding("at most one message", f"{id_} {event}", f"{count} messages to {to}")
    always = {id_: one[0] for id_, one in campaigns.items() if len(one) == len(versions)}
    yield from _all_ended(truth, always, {(id_, event) for id_, event, _ in sent})


def _asked_for(truth: Truth, versions: list[Campaign] | None, event: str, campaign: str) -> Iterator[Finding]:
    fate = truth.by_marker.get(event)
    if versions is None:
        yield Finding("no message unasked", campaign, "there is no such campaign")
    elif fate is None:
        if all(version.event in NAMES for version in versions):
            yield Finding("no message unasked", f"{campaign} {event}", "nobody sent such an event")
    elif not any(_may_trigger(version, fate, truth) for version in versions):
        yield Finding("no message unasked", f"{campaign} {event}", f"{fate.said.name} does not trigger it")


def _all_ended(truth: Truth, campaigns: dict[str, Campaign], sent: set[tuple[str, str]]) -> Iterator[Finding]:
    logged = {(one.campaign, one.event_id): one for one in truth.observed.logged}
    ids = {
        marker: row.event_id
        for row in truth.observed.rows
        if (marker := truth.marker_of(row.event_id, row.said)) is not None
    }
    for fate in truth.fates:
        if fate.said.marker in truth.unarchived and fate.said.marker not in ids and not fate.said.has_id:
            continue  # only its row would tell which id it was given
        for campaign in campaigns.values():
            if not (fate.is_certain and _must_trigger(campaign, fate, truth)):
                continue
            about = f"{campaign.id} {fate.said.marker}"
            message = logged.get((campaign.id, ids.get(fate.said.marker, fate.said.marker)))
            if message is None:
                yield Finding("every trigger has an outcome", about, "the message log does not have it")
            elif message.status not in ENDED:
                yield Finding("every trigger has an outcome", about, f"is {message.status} in the end")
            elif message.status == "sent" and (campaign.id, fate.said.marker) not in sent:
                yield Finding("sent is sent", about, "the log says it was sent, and no provider took it")


def _may_trigger(campaign: Campaign, fate: Fate, truth: Truth) -> bool:
    """Conditions on what was before may hold in any order of records."""
    said = fate.said
    if said.name != campaign.event or not fate.is_possible:
        return False
    oldest = HISTORY + timedelta(hours=1) + fate.clocks_off
    if said.at is not None and fate.first - said.at > oldest and not said.is_corrected:
        return False
    return _holds(campaign, fate, truth) is not False


def _must_trigger(campaign: Campaign, fate: Fate, truth: Truth) -> bool:
    said = fate.said
    if said.name != campaign.event or (
        said.at is not None and fate.last - said.at + said.earlier + fate.clocks_off > timedelta(hours=22)
    ):
        return False
    return _holds(campaign, fate, truth) is True


def _holds(campaign: Campaign, fate: Fate, truth: Truth) -> bool | None:
    """Whether the condition holds; None if that cannot be said."""
    where = campaign.where
    if where is None:
        return True
    if "property" in where:
        value = fate.said.properties.get(where["property"])
        return isinstance(value, (int, float)) and value >= where["at_least"]
    return _counted(where, fate, truth) if "counter" in where else None


def _counted(where: Mapping[str, Any], fate: Fate, truth: Truth) -> bool | None:
    """How often somebody has done what is counted depends on the order of their records, which is known of those that
    come by one key. What is folded counts itself."""
    person = truth.person_of(fate)
    if person is None or person.certainty != "exact" or len(person.keys) > 1:
        return None
    others = [one for one in truth.by_person[person.name] if one.said.name == where["counter"]]
    least = sum(one.is_certain and (one is fate or is_before(one, fate)) for one in others)
    most = sum(one.is_possible and not is_before(fate, one) for one in others)
    if least >= where["at_least"]:
        return True
    return False if most < where["at_least"] else None
