"""A Measurement Protocol payload.

https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference
Nothing here has been checked when it is read: a field that is `object` may hold anything, and any field may be missing.
Imported for type checkers alone: no request needs it.
"""

from __future__ import annotations

from typing import Any, TypedDict

from functions.collect.adapter.wire_format import NoObject


class Event(TypedDict, total=False):
    """`index` is ours: its place among the request's. An item of ours has `user_properties` and `consent` instead."""

    name: object
    params: object
    timestamp_micros: object
    index: object
    user_properties: object
    consent: object


class Payload(TypedDict, total=False):
    """`timestamp_micros` counts microseconds since 1970. All but `events` holds for each of them."""

    client_id: object
    app_instance_id: object
    user_id: object
    timestamp_micros: object
    user_properties: object
    consent: object
    device: dict[str, Any] | NoObject
    user_location: dict[str, Any] | NoObject
    user_agent: object
    ip_override: object
    events: object
