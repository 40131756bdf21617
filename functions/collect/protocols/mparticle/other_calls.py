"""What the web SDK asks for besides, unless its `requestConfig` is false."""

from __future__ import annotations

from functions.collect.adapter.lookups import Lookups
from functions.collect.adapter.wire_format import Call
from functions.collect.http.responses import Response
from shared.workspace.collecting import Source

UPLOAD_AFTER = "1000"
"""Milliseconds that the SDK collects events for a batch."""


def answer_other_call(call: Call, source: Source | None, _lookups: Lookups) -> Response:
    if call.route.call == "alias":
        return Response(202, None)
    return Response(200, _config(call, source))


def _config(call: Call, source: Source | None) -> dict[str, object]:
    """As far as the SDK reads it. Kits and pixels are other vendors' scripts: there are none."""
    return {
        "appName": source.name if source is not None else "",
        "dataPlanResult": None,
        "kitConfigs": [],
        "pixelConfigs": [],
        "minWebviewBridgeVersion": 1,
        "workspaceToken": call.parameters.get("key", ""),
        "flags": {"eventBatchingIntervalMillis": UPLOAD_AFTER},
    }
