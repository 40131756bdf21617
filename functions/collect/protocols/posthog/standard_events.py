"""The words that PostHog keeps for itself: they begin with a dollar sign.

https://posthog.com/docs/data/events
"""

from __future__ import annotations

STANDARD = {
    "$create_alias": "alias",
    "$groupidentify": "group",
    "$identify": "identify",
    "$merge_dangerously": "alias",
    "$pageview": "page",
    "$screen": "screen",
    "$set": "identify",
    "$set_once": "identify",
    "$unset": "identify",
}
"""Events that mean what a type of ours means. Every other one keeps its name: `$autocapture`, `$pageleave`."""

NOT_OF_THE_PERSON = frozenset({"$$client_ingestion_warning", "$$heatmap", "$snapshot"})
"""What the SDK tells of the page and of itself, for products that are not here. PostHog's capture takes them off its
events as well; they are acknowledged and not kept, as session recordings are."""

ABOUT_THE_PERSON = frozenset({"$set", "$set_once", "$unset"})
"""What a caller says with any event, beside its own properties."""

NOT_PROPERTIES = frozenset({"distinct_id"})
"""Read elsewhere: the person."""

IN_THE_LINK = frozenset(
    {
        "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "gad_source", "mc_cid", "gclid",
        "gclsrc", "dclid", "gbraid", "wbraid", "fbclid", "msclkid", "twclid", "li_fat_id", "igshid", "ttclid",
        "rdt_cid", "epik", "qclid", "sccid", "oppref", "bfcid", "irclid", "_kx",
    }
)  # fmt: skip
"""What the browser SDK adds to every event of whoever came by such a link."""

BROWSER_SDK = "web"
"""What the browser SDK calls itself in `$lib`."""

CONTEXT: dict[str, dict[str, tuple[str, ...]]] = {
    "app": {"name": ("$app_name",), "version": ("$app_version",), "build": ("$app_build",)},
    "campaign": {
        "source": ("utm_source",), "medium": ("utm_medium",), "name": ("utm_campaign",), "term": ("utm_term",),
        "content": ("utm_content",),
    },
    "device": {
        "type": ("$device_type",), "manufacturer": ("$device_manufacturer",),
        "model": ("$device_model", "$device"),
    },
    "library": {"name": ("$lib",), "version": ("$lib_version",)},
    "location": {
        "country": ("$geoip_country_code",), "city": ("$geoip_city_name",), "latitude": ("$geoip_latitude",),
        "longitude": ("$geoip_longitude",),
    },
    "network": {"wifi": ("$network_wifi",), "cellular": ("$network_cellular",), "carrier": ("$network_carrier",)},
    "os": {"name": ("$os", "$os_name"), "version": ("$os_version",)},
    "page": {"url": ("$current_url",), "path": ("$pathname",), "referrer": ("$referrer",), "title": ("title",)},
}  # fmt: skip
"""Parts of an event's context, and the properties that say them, the first that is given."""

CONTEXT_TEXT = {
    "ip": ("$ip",),
    "locale": ("$locale", "$browser_language"),
    "timezone": ("$timezone",),
    "user_agent": ("$raw_user_agent", "$useragent"),
}

NO_REFERRER = "$direct"
