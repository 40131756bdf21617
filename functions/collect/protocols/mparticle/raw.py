"""mParticle's batch and its events.

https://docs.mparticle.com/developers/apis/json-reference/
Nothing here has been checked when it is read: a field that is `object` may hold anything, and any field may be missing.
Imported for type checkers alone: no request needs it.
"""

from __future__ import annotations

from typing import Any, TypedDict

from functions.collect.adapter.wire_format import NoObject


class Event(TypedDict, total=False):
    """`data` has other fields for each `event_type`."""

    event_type: object
    data: dict[str, Any] | NoObject


class Batch(TypedDict, total=False):
    """`events` is a list of events. What stands beside it holds for each of them; times count milliseconds."""

    events: object
    user_identities: object
    user_attributes: object
    deleted_user_attributes: object
    consent_state: object
    mpid: object
    mp_deviceid: object
    source_request_id: object
    batch_id: object
    timestamp_unixtime_ms: object
    environment: object
    ip: object
    sdk_version: object
    api_key: object


class Part(TypedDict, total=False):
    """Ours, a part of a batch: an event and its place, or what is said of the person, or what came instead."""

    batch: int
    index: int
    event: Event | NoObject
    person: dict[str, Any]
    events: object
    instead: object
