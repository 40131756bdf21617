"""CleverTap's feed: the events and user attributes a CleverTap account exports to mParticle, and what we read in them.

https://docs.mparticle.com/integrations/clevertap/feed/ is the table, `vocabularies.clevertap` has it. Events and
attributes are kept as they came: the table only tells where else their values belong.
"""

from __future__ import annotations

from functions.collect.adapter.event_builder import Fields
from functions.collect.vocabularies.clevertap import EXPORTED, PLACES, SESSION, bare

OF_SESSIONS = (SESSION, "sessionid")

ANYWHERE: dict[str, tuple[str, str]] = {
    **PLACES,
    "ctconnectedtowifi": ("network", "wifi"),
    "ctbluetoothversion": ("network", "bluetooth_version"),
    "ctbluetoothenabled": ("network", "bluetooth_enabled"),
}
"""Attributes by their bare spelling, and their place in the context. Nobody but CleverTap writes these: an account's
own events carry them as well."""

IN_ITS_EVENTS: dict[str, tuple[str, str]] = {
    "applicationversion": ("app", "version"),
    "osversion": ("os", "version"),
    "latitude": ("location", "latitude"),
    "longitude": ("location", "longitude"),
    "networkcarrier": ("network", "carrier"),
    "clevertapid": ("device", "id"),
    "token": ("device", "token"),
    "campaignid": ("message", "campaign_id"),
    "campaignname": ("message", "campaign_name"),
    "campaigntype": ("message", "campaign_type"),
    "wzrkid": ("message", "id"),
    "wzrkpivot": ("message", "variant"),
    "wzrkacctid": ("message", "account"),
    "journeyid": ("message", "journey_id"),
    "journeyname": ("message", "journey_name"),
    "utmsource": ("campaign", "source"),
    "utmmedium": ("campaign", "medium"),
    "utmcampaign": ("campaign", "name"),
}
"""The same for words that others use too: only in events of the table, where they mean this. A message's campaign is
no `context.campaign`, which is the marketing link a person came by."""

IN_ONE_EVENT: dict[tuple[str, str], tuple[str, str]] = {("App Launched", "model"): ("device", "model")}
"""`Model` is the phone's there; of State Transitioned it is CleverTap's lifecycle model."""

TRAITS = {"ctname": "name", "ctgender": "gender", "ctdob": "birthday", "ctphoto": "avatar"}
"""User attributes by their bare spelling. A trait has one name: the account's spelling is not kept beside ours."""

CONSENTS = {
    "ctemailoptin": "email",
    "ctpushoptin": "push",
    "ctsmsoptin": "sms",
    "ctwhatsappoptin": "whatsapp",
}

CLEVERTAP = "clevertap"


BY_SPELLING = {bare(name): name for name in EXPORTED}


def known_as(name: object) -> str | None:
    """The event of the table, whichever way its name is spelled."""
    return BY_SPELLING.get(bare(name)) if isinstance(name, str) else None


def context_of(event: str | None, attributes: Fields) -> Fields:
    """What the attributes say in the context's words; `event` is one of the table, or None."""
    found: Fields = {}
    for name, value in attributes.items():
        if value is None or value == "":
            continue
        said = bare(name)
        place = ANYWHERE.get(said)
        if place is None and event is not None:
            place = IN_ITS_EVENTS.get(said) or IN_ONE_EVENT.get((event, said))
        if place is not None:
            found.setdefault(place[0], {})[place[1]] = value
    if "library" in found:
        found["library"]["name"] = CLEVERTAP
    if event is not None and EXPORTED[event].type == "uninstall" and "device" in found:
        found["device"]["removed"] = True
    return found


def session_of(event: str | None, attributes: Fields) -> object:
    """The session's id, where it is text or a whole number; anything else stays an attribute alone."""
    for name, value in attributes.items():
        if bare(name) in (OF_SESSIONS if event is not None else OF_SESSIONS[:1]) and value.__class__ in (
            str,
            int,
        ):
            return value
    return None
