"""CleverTap's feed: the events and user attributes a CleverTap account exports to mParticle, and what we read in them.

https://docs.mparticle.com/integrations/clevertap/feed/ is the table. Its attribute names mix styles for one thing
(`CT App Version`, `ct_app_version`), so they are compared by their letters and digits alone. Events and attributes are
kept as they came: the table only tells where else their values belong.
"""

from __future__ import annotations

from typing import NamedTuple

from functions.collect.adapter.event_builder import Fields


class Row(NamedTuple):
    """An event of the feed: mParticle's type of it, and the attributes it may have."""

    type: str
    attributes: tuple[str, ...]


_EXPERIMENT = (
    "Variant", "Variant Id", "CT Source", "Version", "Experiment Id", "Stickiness", "Mutually Exclusive",
)  # fmt: skip
_CONTROL_GROUP = ("CT Source", "wzrk_id", "wzrk_pivot", "Campaign id", "Campaign name", "Campaign type")
_JOURNEY = ("Journey id", "Journey name")
_SHOWN = (
    "wzrk_acts", "wzrk_cts", "wzrk_sound", "wzrk_c2a", "wzrk_pid", "wzrk_acct_id", "wzrk_pivot", "wzrk_cid", "wzrk_dl",
    "wzrk_bi", "wzrk_bc", "wzrk_rnv", "wzrk_pn", "wzrk_id", "wzrk_ttl", "wzrk_animated", "wzrk_bp", "User Agent",
    "browser", "Campaign type", "Campaign id", "Campaign name", "Client Name", "CT Source", "CT Session Id",
    "CT Latitude", "CT Longitude", "CT App Version",
)  # fmt: skip
_GEO_CLUSTER = (
    "ct_source", "network_carrier", "longitude", "latitude", "os_version", "application_version", "ct_sdk_version",
    "geofence_id", "cluster_name", "cluster_id", "ct_connected_to_wifi",
)  # fmt: skip

EVENTS: dict[str, Row] = {
    "App Launched": Row("other", (
        "CT Network Carrier", "CT Source", "CT Bluetooth Version", "Keyword", "CT SDK Version", "CT Bluetooth Enabled",
        "CT OS Version", "CT Network Type", "Model", "CT Longitude", "CT Latitude", "CT Connected To WiFi",
        "CT Session Id", "CT App Version",
    )),
    "Notification Sent": Row("other", ("Campaign ID", "Campaign name")),
    "App Version Changed": Row("other", (
        "CT App Version", "CT App Version Prev", "CT Latitude", "CT Longitude", "CT Source",
    )),
    "A/B Experiment Stopped": Row("other", (
        "ct_source", "stickiness", "mutually_exclusive", "variant", "variant_id", "version", "experiment_id",
    )),
    "A/B Experiment Rolled Out": Row("other", _EXPERIMENT),
    "A/B Experiment Disqualified": Row("other", _EXPERIMENT),
    "A/B Experiment Rendered": Row("other", _EXPERIMENT),
    "Channel Unsubscribed": Row("other", (
        "Variant", "Resubscribed", "Group", "Type", "Campaign id", "Subscription Type", "Identity", "Reason",
        "Campaign type",
    )),
    "State Transitioned": Row("other", ("Destination", "Type", "Model", "Source")),
    "Session Concluded": Row("other", ("Session Length", "Session Id")),
    "Custom Control Group": Row("other", _CONTROL_GROUP),
    "System Control Group": Row("other", _CONTROL_GROUP),
    "Custom & Journey Control Group (Journeys)": Row("other", _JOURNEY),
    "System Control Group (Journeys)": Row("other", _JOURNEY),
    "App Installed": Row("attribution", ("ct_app_version", "CT Source", "ct_latitude", "ct_longitude")),
    "Notification Viewed": Row("attribution", _SHOWN),
    "Notification Clicked": Row("attribution", (
        "wzrk_animated", "wzrk_bc", "wzrk_bi", "wzrk_bp", "wzrk_c2a", "wzrk_cid", "wzrk_acct_id", "wzrk_ck",
        "wzrk_cts", "wzrk_dl", "wzrk_dt", "wzrk_pid", "wzrk_pivot", "wzrk_pn", "wzrk_push_amp", "wzrk_rnv",
        "wzrk_sound", "wzrk_ttl", "wzrk_ttl_s", "Install", "Campaign id", "Campaign type", "CT Latitude",
        "CT App Version", "CT Longitude",
    )),
    "Push Impressions": Row("attribution", _SHOWN),
    "Webhook Delivered": Row("attribution", (
        "ContentName", "CT Source", "ct_app_version", "ct_latitude", "all_identities", "ct_longitude", "session_props",
        "session_source", "Campaign Id", "mp_processing_time_ms", "ts",
    )),
    "App Uninstalled": Row("uninstall", ("CT Source", "clevertapId", "token", "source")),
    "UTM Visited": Row("navigation", (
        "session_props", "session_source", "utm_campaign", "utm_medium", "utm_source", "Campaign id", "CT Latitude",
        "CT Longitude", "CT App Version",
    )),
    "Notification Replied": Row("user_content", (
        "CT Source", "wzrk_id", "Campaign id", "Campaign type", "Campaign Name",
    )),
    "Reply Sent": Row("user_content", ("CT Source", "Campaign id", "Campaign type")),
    "GeoCluster Entered": Row("location", _GEO_CLUSTER),
    "GeoCluster Exited": Row("location", _GEO_CLUSTER),
}  # fmt: skip

SESSION = ("ctsessionid", "sessionid")

ANYWHERE: dict[str, tuple[str, str]] = {
    "ctappversion": ("app", "version"),
    "ctosversion": ("os", "version"),
    "ctlatitude": ("location", "latitude"),
    "ctlongitude": ("location", "longitude"),
    "ctnetworkcarrier": ("network", "carrier"),
    "ctnetworktype": ("network", "type"),
    "ctconnectedtowifi": ("network", "wifi"),
    "ctbluetoothversion": ("network", "bluetooth_version"),
    "ctbluetoothenabled": ("network", "bluetooth_enabled"),
    "ctsdkversion": ("library", "version"),
}
"""Attributes by their words, and their place in the context. Nobody but CleverTap writes these: an account's own events
carry them as well."""

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
"""User attributes by their words. A trait has one name: the account's spelling of it is not kept beside ours."""

CONSENTS = {
    "ctemailoptin": "email",
    "ctpushoptin": "push",
    "ctsmsoptin": "sms",
    "ctwhatsappoptin": "whatsapp",
}

CLEVERTAP = "clevertap"


def word(name: str) -> str:
    """What is compared: `CT App Version`, `ct_app_version` and `CtAppVersion` are one word."""
    return name.replace("_", "").replace(" ", "").lower()


BY_WORD = {word(name): name for name in EVENTS}


def known_as(name: object) -> str | None:
    """The event of the table, whichever way its name is spelled."""
    return BY_WORD.get(word(name)) if isinstance(name, str) else None


def context_of(event: str | None, attributes: Fields) -> Fields:
    """What the attributes say in the context's words; `event` is one of the table, or None."""
    found: Fields = {}
    for name, value in attributes.items():
        if value is None or value == "":
            continue
        said = word(name)
        place = ANYWHERE.get(said)
        if place is None and event is not None:
            place = IN_ITS_EVENTS.get(said) or IN_ONE_EVENT.get((event, said))
        if place is not None:
            found.setdefault(place[0], {})[place[1]] = value
    if "library" in found:
        found["library"]["name"] = CLEVERTAP
    if event is not None and EVENTS[event].type == "uninstall" and "device" in found:
        found["device"]["removed"] = True
    return found


def session_of(event: str | None, attributes: Fields) -> object:
    """The session's id, where it is text or a whole number; anything else stays an attribute alone."""
    for name, value in attributes.items():
        if word(name) in (SESSION if event is not None else SESSION[:1]) and value.__class__ in (str, int):
            return value
    return None
