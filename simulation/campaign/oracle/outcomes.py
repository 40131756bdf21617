"""Messages go to whom they are for, in time, and none is held back without a cause; and what was sent is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from shared.messaging.messages import LONGEST_WAIT
from shared.workspace.model import Campaign
from simulation.campaign.oracle.messages import SAYS
from simulation.campaign.oracle.observed import LoggedMessage, Taken
from simulation.campaign.oracle.truth import Fate, Finding, Truth, is_before

ADDRESS = {"email": "email", "sms": "phone"}
"""The trait that a channel sends to."""

LEFT = frozenset({"sent", "delivered", "uncertain"})

GIVEN_UP = frozenset({"provider_unavailable", "waited_too_long"})
"""Reasons that faults may be the cause of. All others would be somebody's own."""

SAID = "Notification Sent"

CONCLUDED = "Session Concluded"

MINUTE = timedelta(minutes=1)

LATEST = timedelta(hours=22)


def check(truth: Truth) -> Iterator[Finding]:
    versions = [truth.history.workspace, *(one.workspace for one in truth.history.applied)]
    campaigns: dict[str, list[Campaign]] = {}
    for version in versions:
        for campaign in version.campaigns:
            campaigns.setdefault(campaign.id, []).append(campaign)
    logged = {(one.campaign, truth.marker_of_id(one.event_id)): one for one in truth.observed.logged}
    for taken in truth.observed.taken:
        found = SAYS.search(taken.text)
        if found is None:
            continue
        id_, event = found.groups()
        yield from _addressed(truth, taken, truth.by_marker.get(event), event)
        message = logged.get((id_, event))
        if message is not None:
            yield from _in_time(truth, taken, message, campaigns.get(id_, []))
    always = {id_: one[0] for id_, one in campaigns.items() if len(one) == len(versions)}
    yield from _not_held_back(truth, logged, always)
    yield from _of_sessions(truth, always)
    yield from _said(truth)


def _addressed(truth: Truth, taken: Taken, fate: Fate | None, event: str) -> Iterator[Finding]:
    """To an address that its person has said, ever: which of them is theirs may have changed since."""
    trait = ADDRESS.get(taken.channel)
    if trait is None or fate is None:
        return
    theirs = {one.said.traits.get(trait) for one in truth.by_person[fate.said.person]}
    if taken.to not in theirs:
        yield Finding("no message to anybody else", event, f"of {fate.said.person} went to {taken.to}")


def _in_time(
    truth: Truth, taken: Taken, message: LoggedMessage, versions: list[Campaign]
) -> Iterator[Finding]:
    longest = max((one.longest_wait for one in versions), default=LONGEST_WAIT)
    waited = taken.at - (message.requested_at or taken.at)
    if waited > longest + MINUTE + 2 * truth.clocks_off:
        yield Finding("no message too late", message.event_id, f"{message.campaign} went out after {waited}")


def _not_held_back(
    truth: Truth, logged: Mapping[tuple[str, str | None], LoggedMessage], campaigns: Mapping[str, Campaign]
) -> Iterator[Finding]:
    """Whoever had given an address, and all consents, before anything happened is sent what they are to be sent."""
    for person in truth.history.people:
        fates = truth.by_person[person.name] if person.certainty == "exact" else []
        told = next((one for one in fates if "consents" in one.said.traits and one.is_certain), None)
        for fate in fates:
            if told is None or fate.said.key != told.said.key or not is_before(told, fate):
                continue
            for campaign in campaigns.values():
                message = logged.get((campaign.id, fate.said.marker))
                if message is None or campaign.channel not in ADDRESS or message.status in LEFT:
                    continue
                is_early = message.reason == "waited_too_long" and _has_waited(message) < (
                    campaign.longest_wait - 2 * truth.clocks_off
                )
                if message.status == "waiting" or (message.reason in GIVEN_UP and not is_early):
                    continue
                words = f"to {person.name} is {message.status} ({message.reason})"
                yield Finding("no message held back", f"{campaign.id} {fate.said.marker}", words)


def _has_waited(message: LoggedMessage) -> timedelta:
    if message.requested_at is None or message.updated_at is None:
        return LONGEST_WAIT
    return message.updated_at - message.requested_at


def _of_sessions(truth: Truth, campaigns: Mapping[str, Campaign]) -> Iterator[Finding]:
    """Each session that is concluded has the outcomes that are asked for, unless it is over for a day."""
    logged = {(one.campaign, one.event_id) for one in truth.observed.logged}
    asking = [one for one in campaigns.values() if one.event == CONCLUDED and one.where is None]
    for row in truth.observed.rows if asking else ():
        if row.name != CONCLUDED or row.source != "headrace" or truth.observed.put_aside:
            continue
        over = datetime.fromisoformat(row.received_at) - datetime.fromisoformat(row.occurred_at)
        for campaign in asking if over < LATEST else ():
            if (campaign.id, row.event_id) not in logged:
                about = f"{campaign.id} {row.event_id}"
                yield Finding(
                    "every trigger has an outcome", about, "the message log does not have the session"
                )


def _said(truth: Truth) -> Iterator[Finding]:
    """Of each message that was sent there is one event that says so, and of no other."""
    if truth.observed.put_aside:
        return
    said = {row.message for row in truth.observed.rows if row.name == SAID and row.source == "headrace"}
    sent = {one.id: one for one in truth.observed.logged if one.status in ("sent", "delivered") and one.id}
    for id_, message in sent.items():
        if id_ not in said:
            about = f"{message.campaign} {message.event_id}"
            yield Finding("what is sent is said", about, f"no {SAID} is in the lake")
    for one in truth.observed.logged:
        if one.id in said and one.id not in sent:
            words = f"{SAID} is in the lake, and the log says {one.status}"
            yield Finding("what is sent is said", f"{one.campaign} {one.event_id}", words)
