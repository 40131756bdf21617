"""The app id, `aid`: a write key, or what the source `accepts`. Snowplow itself asks for no credentials."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from functions.collect.sources import Sources
from functions.collect.wire_format import Call
from shared.workspace import Source
from shared.write_keys import PREFIX

APP_ID = "aid"

TRACKERS = 20
"""Events whose app ids are looked at: a batch holds those of the few trackers of one page or process."""


def authenticate(call: Call, sources: Sources) -> Source | None:
    return sources.of(
        (*_app_ids(call.body.document), call.request.query_value(APP_ID), call.request.basic_user())
    )


def without_key(raw: Any) -> Any:
    """The event as it is kept. An app id is public and stays, unless it is a write key."""
    app_id = raw.get(APP_ID) if raw.__class__ is dict else None
    if app_id.__class__ is str and app_id.startswith(PREFIX):
        return {name: value for name, value in raw.items() if name != APP_ID}
    return raw


def _app_ids(document: object) -> Iterator[object]:
    if isinstance(document, dict):
        yield document.get(APP_ID)
        document = document.get("data")
    if isinstance(document, list):
        yield from (one.get(APP_ID) for one in islice(document, TRACKERS) if isinstance(one, dict))
