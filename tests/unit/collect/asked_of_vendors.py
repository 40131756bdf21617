"""What vendors' SDKs, test suites and published APIs ask of the vendor's server, by method and path.

Of the SDKs in node_modules and in the environment, rudder-server's gateway tests, PostHog's capture router, Snowplow's
collector, and botocore's model of Pinpoint; the events themselves are sent by the clients' own tests.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import botocore

RUDDERSTACK = (
    *(f"POST /v1/{call}" for call in (
        "batch", "identify", "track", "page", "screen", "alias", "group", "import", "merge", "extract", "audiencelist",
        "retl", "replay", "webhook", "warehouse/pending-events", "warehouse/trigger-upload", "warehouse/jobs",
    )),
    *(f"POST /internal/v1/{call}" for call in ("extract", "retl", "replay", "audiencelist", "batch")),
    "GET /version", "GET /robots.txt", "GET /pixel/v1/track", "GET /pixel/v1/page", "GET /v1/webhook",
    "GET /v1/job-status/123", "GET /v1/job-status/123/failed-records", "DELETE /v1/job-status/123",
    "GET /v1/warehouse/fetch-tables", "GET /v1/warehouse/jobs/status", "GET /internal/v1/warehouse/fetch-tables",
    "GET /internal/v1/job-status/123", "POST /beacon/v1/batch", "GET /sourceConfig", "POST /rsaMetrics",
)  # fmt: skip

SEGMENT = (
    *(f"POST /v1/{letter}" for letter in "tipsgabm"),
    "GET /v1/projects/key/settings", "GET /v1/pixel/track", "POST /token",
    "GET /analytics.js/v1/key/analytics.min.js", "GET /next-integrations/integrations/vendor/commons.js.gz",
)  # fmt: skip

POSTHOG = (
    *(
        f"{method} {path}"
        for method in ("GET", "POST")
        for path in ("/batch", "/i/v0/e", "/e", "/track", "/engage", "/capture", "/s")
    ),
    "POST /i/v0/ai", "POST /i/v0/ai/batch", "POST /i/v0/ai/otel", "POST /i/v1/ai/events",
    "POST /i/v1/analytics/events", "POST /i/v1/logs", "POST /i/v1/metrics", "POST /i/v1/traces", "POST /flags",
    "POST /decide", "GET /flags/definitions", "GET /array/key/config", "GET /array/key/config.js",
    "GET /array/key/array.js", "GET /static/array.js", "GET /static/1.449.2/recorder.js", "GET /api/surveys",
    "GET /api/early_access_features", "GET /api/web_experiments", "GET /api/product_tours",
    "POST /api/conversations/v1/widget/message", "GET /api/projects/1/feature_flags", "GET /api/users/@me",
    "GET /api/feature_flag/local_evaluation", "POST /report",
)  # fmt: skip

SNOWPLOW = (
    *(
        f"{method} {path}"
        for method in ("GET", "HEAD")
        for path in ("/i", "/ice.png", "/com.snowplowanalytics.snowplow/tp2")
    ),
    "POST /com.snowplowanalytics.snowplow/tp2", "GET /r/tp2", "POST /com.sendgrid/v3", "POST /com.mailgun/v1",
    "GET /robots.txt", "GET /crossdomain.xml", "GET /sink-health", "POST /acme/track",
)  # fmt: skip

CLEVERTAP = (
    *(f"POST /1/{call}" for call in (
        "upload", "profiles.json", "events.json", "counts/profiles.json", "counts/events.json", "counts/top.json",
        "counts/trends.json", "now.json", "message/report.json", "delete/profiles.json", "demerge/profiles.json",
        "subscribe", "disassociate", "send/push.json",
        *(f"targets/{action}.json" for action in ("create", "estimate", "list", "result", "stop")),
    )),
    "GET /1/profile.json", "GET /1/profiles.json", "GET /1/events.json", "GET /a", "POST /a1", "GET /hello",
    "GET /r", "GET /e", "POST /defineVars",
)  # fmt: skip

MPARTICLE = (
    "POST /v2/events", "POST /v2/bulkevents", "POST /v3/JS/key/events", "GET /v2/JS/key/config",
    *(f"POST /identity/v1/{call}" for call in ("identify", "login", "logout", "42/modify", "search")),
    "POST /v1/identity/key/Alias", "POST /webevents/v1/identity/key/Alias", "POST /webevents/v3/JS/key/events",
    "GET /tags/JS/v2/key/config", "GET /tags/JS/v2/key/mparticle.js", "GET /js/v2/key/mparticle.js",
    "POST /v1/JS/key/Forwarding", "POST /v2/JS/key/Forwarding", "POST /webevents/v1/JS/key/Forwarding",
    "POST /webevents/v2/JS/key/Forwarding", "GET /v1/key/audience",
)  # fmt: skip

INFOBIP = (
    "POST /peopleevents/2/persons/u1/definitions/d/events", "POST /people/3/events", "POST /peopleevents/1/export",
    "GET /peopleevents/1/export/definitions", "GET /peopleevents/2/definitions", "POST /people/2/persons",
    "GET /people/3/persons", "POST /mobile/1/appinstance", "PATCH /mobile/1/appinstance/r1",
    "GET /mobile/1/appinstance/r1", "PATCH /mobile/1/appinstance/r1/user", "GET /mobile/1/appinstance/r1/user",
    "POST /mobile/1/appinstance/r1/personalize", "POST /mobile/1/appinstance/r1/depersonalize",
    "POST /mobile/1/appinstance/r1/user/events/custom", "POST /mobile/1/appinstance/r1/user/events/session",
    "GET /mobile/1/baseurl", "POST /mobile/5/messages", "POST /mobile/1/messages/seen",
    "GET /mobile/1/inbox/u1/messages", "GET /mobile/2/chat/widget",
)  # fmt: skip

NETMERA = (
    *(f"POST /rest/3.0/{call}" for call in (
        "fireEvents", "registerUsers", "setProfileAttributes", "unsetProfileAttributes", "pushProfileAttributes",
        "pullProfileAttributes", "deleteProfileAttributeValue", "tagUsers", "setCategoryPreferences", "enablePush",
        "disablePush", "sendBulkNotification", "sendNotification", "sendEmailAndSms", "createNotificationDefinition",
        "deleteProfileAttributes", "deleteUsersPermanently",
    )),
    *(f"GET /rest/3.0/{call}" for call in ("getProfileAttributes", "getDevices", "getDeviceTokens")),
)  # fmt: skip

USER_COM = (
    "POST /api/public/events", "POST /api/public/users-by-id/u1/events", "POST /api/public/users",
    "POST /api/public/users/update_or_create", "PUT /api/public/users/1", "PUT /api/public/users-by-id/u1",
    "POST /api/public/users-by-id/u1/set_attribute", "POST /api/public/users/1/set_multiple_attributes",
    "POST /api/public/users/1/add_tag", "GET /api/public/users/search", "DELETE /api/public/users/1",
    "DELETE /api/public/users-by-id/u1", "POST /api/public/products/K1/product_event", "GET /api/public/products",
    "POST /api/public/companies", "POST /api/public/deals", "GET /api/public/activities", "GET /api/public/lists",
    "GET /api/public/tags", "GET /api/public/attributes", "GET /widget.js", "POST /api/sdk/v1/ping",
    "POST /api/sdk/v1/event", "POST /api/sdk/v1/screen_event", "POST /api/sdk/v1/push/1/opened",
)  # fmt: skip

GA4 = (
    "POST /mp/collect", "POST /debug/mp/collect", "POST /g/collect", "GET /g/collect", "GET /gtag/js",
    "POST /collect", "GET /collect", "GET /j/collect",
)  # fmt: skip


def _pinpoint() -> tuple[str, ...]:
    folder = Path(botocore.__file__).parent / "data" / "pinpoint" / "2016-12-01"
    packed = folder / "service-2.json.gz"
    raw = (
        gzip.decompress(packed.read_bytes()) if packed.exists() else (folder / "service-2.json").read_bytes()
    )
    asked = [one["http"] for one in json.loads(raw)["operations"].values()]
    return tuple(f"{http['method']} {http['requestUri'].replace('{', '').replace('}', '')}" for http in asked)


ASKED: dict[str, tuple[str, ...]] = {
    "clevertap": CLEVERTAP,
    "ga4": GA4,
    "infobip": INFOBIP,
    "mparticle": MPARTICLE,
    "netmera": NETMERA,
    "pinpoint": _pinpoint(),
    "posthog": POSTHOG,
    "snowplow": SNOWPLOW,
    "twilio_segment": RUDDERSTACK + SEGMENT,
    "user_com": USER_COM,
}

TYPES = ("merge", "record", "extract", "audiencelist")
"""RudderStack's types of events beside Segment's."""
