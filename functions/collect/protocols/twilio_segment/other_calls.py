"""What browser SDKs ask before they send anything, and the browser tag itself."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from functions.collect.adapter.wire_format import Call
from functions.collect.http.responses import Response
from shared.workspace.collecting import Source

if TYPE_CHECKING:  # few requests ask for them
    from functions.collect.adapter.lookups import Lookups

TAG = Path(__file__).parents[2] / "tag" / "dist"

KEPT_SECONDS = 3600
"""How long browsers keep the tag: a new version of the stack reaches every page within the hour."""

NEVER_CHANGED = "2026-11-21T00:00:00.000Z"
"""RudderStack's SDK wants a time at which the source was changed, and does nothing with it."""


def answer_other_call(call: Call, _source: Source | None, _lookups: Lookups) -> Response:
    match call.route.call:
        case "settings":
            return Response(200, _settings(call))
        case "source_config":
            return Response(200, _source_config(call))
        case "tag":
            headers = {
                "content-type": "text/javascript; charset=utf-8",
                "cache-control": f"public, max-age={KEPT_SECONDS}",
            }
            return Response(200, _script(call.route.path), headers)
    return Response(200, {"success": True})


def _settings(call: Call) -> dict[str, object]:
    """As far as analytics-next reads it. What stands under `apiKey` replaces the write key the page has, and without
    `apiHost` it would send to Segment; by https, unless it is told that this host has none, as on a laptop."""
    headers = call.request.headers
    ours = {"apiKey": call.parameters["key"], "apiHost": f"{call.request.address}/v1"}
    if headers.get("x-forwarded-proto") == "http":
        ours["protocol"] = "http"
    return {
        "integrations": {"Segment.io": ours},
        "plan": {"track": {"__default": {"enabled": True}}},
        "edgeFunction": {},
        "analyticsNextEnabled": True,
        "middlewareSettings": {},
        "enabledMiddleware": {},
        "metrics": {"sampleRate": 0},
        "legacyVideoPluginsEnabled": False,
        "remotePlugins": [],
    }


def _source_config(call: Call) -> dict[str, object]:
    """As far as RudderStack's SDK reads it."""
    key = call.request.query_value("writeKey") or call.request.basic_user()
    silent = {"errors": {"enabled": False}, "metrics": {"enabled": False}}
    return {
        "source": {
            "id": "headrace",
            "name": "headrace",
            "writeKey": key,
            "enabled": True,
            "config": {"statsCollection": silent},
            "destinations": [],
            "dataplanes": {},
            "workspaceId": "headrace",
            "connections": [],
            "updatedAt": NEVER_CHANGED,
        },
        "updatedAt": NEVER_CHANGED,
    }


@cache
def _script(path: str) -> str:
    return (TAG / path.removeprefix("/")).read_text()
