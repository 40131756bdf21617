"""The app id, `aid`: a write key, or what the source `accepts`. Snowplow itself asks for no credentials."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from functions.collect.adapter.wire_format import Call
from functions.collect.auth.sources import Sources
from functions.collect.http.responses import Refused
from shared.workspace.collecting import Source
from shared.workspace.write_keys import PREFIX

APP_ID = "aid"


def authenticate(call: Call, sources: Sources) -> Source | None:
    """Raises Refused where the events have app ids of several sources: none of them may speak for the others'."""
    in_query = call.request.query_value(APP_ID)
    app_ids = [in_query] if in_query else list(dict.fromkeys(_app_ids(call.body.document)))
    found = {source.id: source for one in app_ids if (source := sources.of((one,))) is not None}
    if len(found) > 1:
        sentence = f"the events of a request must have app ids of one source; these are of: {', '.join(sorted(found))}"
        raise Refused(400, "several_app_ids", sentence)
    return next(iter(found.values()), None) or sources.of((call.request.basic_user(),))


def without_key(raw: Any) -> Any:
    """The event as it is kept. An app id is public and stays, unless it is a write key."""
    app_id = raw.get(APP_ID) if raw.__class__ is dict else None
    if app_id.__class__ is str and app_id.startswith(PREFIX):
        return {name: value for name, value in raw.items() if name != APP_ID}
    return raw


def _app_ids(document: object) -> Iterator[str]:
    if isinstance(document, dict):
        yield from _texts(document.get(APP_ID))
        document = document.get("data")
    if isinstance(document, list):
        for one in document:
            if isinstance(one, dict):
                yield from _texts(one.get(APP_ID))


def _texts(app_id: object) -> Iterator[str]:
    if isinstance(app_id, str):
        yield app_id
