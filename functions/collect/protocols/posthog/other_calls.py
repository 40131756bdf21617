"""What SDKs ask besides: their settings, feature flags, and the scripts of products that are not here.

Every product of PostHog that needs its server is switched off, so that no SDK waits for one or loads its script. What
browsers capture of themselves is allowed; whoever said nothing of that would have switched it off.
"""

from __future__ import annotations

from typing import Any

import orjson

from functions.collect.adapter.lookups import Lookups
from functions.collect.adapter.wire_format import Call
from functions.collect.http.responses import Refused, Response
from shared.workspace.collecting import Source

COMPRESSION = {True: ["gzip", "gzip-js", "base64"], False: []}
"""What posthog-js may send, by whether the API in front keeps what it compresses and calls text."""

SETTINGS: dict[str, Any] = {
    "autocapture_opt_out": False,
    "autocaptureExceptions": False,
    "captureDeadClicks": False,
    "capturePerformance": False,
    "conversations": False,
    "defaultIdentifiedOnly": True,
    "elementsChainAsString": True,
    "errorTracking": {"autocaptureExceptions": False, "suppressionRules": []},
    "heatmaps": False,
    "logs": {"captureConsoleLogs": False},
    "productTours": False,
    "sessionRecording": False,
    "siteApps": [],
    "surveys": False,
}

FLAGS: dict[str, Any] = {
    "errorsWhileComputingFlags": False,
    "featureFlags": {},
    "featureFlagPayloads": {},
    "flags": {},
}
"""Of every version that SDKs ask for; in the first, the flags were a list."""

SCRIPT = {"content-type": "text/javascript; charset=utf-8"}


def answer_other_call(call: Call, _source: Source | None, _lookups: Lookups) -> Response:
    token = call.parameters.get("token", "")
    match call.route.call:
        case "config":
            return Response(200, {"token": token, **_settings(call)})
        case "config_script":
            return Response(200, _config_script(call, token), SCRIPT)
        case "flags":
            return Response(200, {**FLAGS, **_settings_asked_for(call)})
        case "decide":
            return Response(200, _decided(call))
        case "definitions":
            return Response(200, {"flags": [], "group_type_mapping": {}, "cohorts": {}})
        case "recordings":
            return Response(200, {"status": "Ok"})
    raise Refused(404, "not_found", "posthog-js is not served here: bundle it, or load it from where it was")


def _settings(call: Call) -> dict[str, Any]:
    return {"supportedCompression": COMPRESSION[call.request.keeps_bytes], **SETTINGS}


def _config_script(call: Call, token: str) -> str:
    """What browsers run. The key comes from the path and is one of ours, but is written so that it ends no script."""
    config = {"token": token, **_settings(call)}
    key = orjson.dumps(token).decode().replace("<", "\\u003c")
    text = orjson.dumps({"config": config, "siteApps": []}).decode().replace("<", "\\u003c")
    return (
        f"(function(w){{(w._POSTHOG_REMOTE_CONFIG=w._POSTHOG_REMOTE_CONFIG||{{}})[{key}]={text}}})(window);\n"
    )


def _settings_asked_for(call: Call) -> dict[str, Any]:
    return _settings(call) if call.request.query_value("config") == "true" else {}


def _decided(call: Call) -> dict[str, Any]:
    told = {
        **_settings(call),
        **FLAGS,
        "config": {"enable_collect_everything": True},
        "isAuthenticated": False,
    }
    return {**told, "featureFlags": []} if call.request.query_value("v") in (None, "1") else told
