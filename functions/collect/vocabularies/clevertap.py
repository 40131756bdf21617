"""CleverTap's own events and what their attributes say, whether an account sends them or exports them elsewhere.

https://developer.clevertap.com/docs/events#system-events
https://docs.mparticle.com/integrations/clevertap/feed/ is the table of what an export has. Its attribute names mix
styles for one thing (`CT App Version`, `ct_app_version`, `Campaign ID`), so they are compared by their bare spelling.
"""

from __future__ import annotations

from typing import NamedTuple

from functions.collect.caching import cached_when_short


@cached_when_short(4096)
def bare(name: str) -> str:
    """Lower case, without spaces, underscores and hyphens."""
    return name.lower().replace(" ", "").replace("_", "").replace("-", "")


class Row(NamedTuple):
    """An event of the export: mParticle's type of it, and the attributes it may have."""

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

EXPORTED: dict[str, Row] = {
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

SYSTEM_EVENTS = frozenset({*EXPORTED, "Stayed", "Web Session Started"})
"""All that CleverTap raises itself: an export leaves two of them out."""

PLACES = {
    "ctappversion": ("app", "version"),
    "ctosversion": ("os", "version"),
    "ctsdkversion": ("library", "version"),
    "ctlatitude": ("location", "latitude"),
    "ctlongitude": ("location", "longitude"),
    "ctnetworkcarrier": ("network", "carrier"),
    "ctnetworktype": ("network", "type"),
}
"""Attributes by their bare spelling, and what they are in the context. `CT Source` is none: it is the app's platform in
one event and a dashboard's page in another."""

SESSION = "ctsessionid"
"""The attribute that is the session's id, by its bare spelling."""
