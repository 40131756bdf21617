"""`api_secret` is the write key, or a source accepts `MEASUREMENT_ID:API_SECRET` (for apps `FIREBASE_APP_ID:…`)."""

from __future__ import annotations

from functions.collect.adapter.wire_format import Call
from functions.collect.auth.sources import Sources
from shared.workspace.model import Source


def authenticate(call: Call, sources: Sources) -> Source | None:
    query = call.request.query_values()
    secret = query.get("api_secret", "")
    stream = query.get("measurement_id") or query.get("firebase_app_id") or ""
    return sources.of((secret, f"{stream}:{secret}"))
