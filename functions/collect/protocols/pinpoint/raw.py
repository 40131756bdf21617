"""Pinpoint's endpoints and events, as the model that ships in botocore has them.

https://docs.aws.amazon.com/pinpoint/latest/apireference/apps-application-id-events.html
https://docs.aws.amazon.com/pinpoint/latest/apireference/apps-application-id-endpoints.html
Nothing here has been checked when it is read: a field that is `object` may hold anything, and any field may be missing.
Imported for type checkers alone: no request needs it.
"""

from __future__ import annotations

from typing import Any, TypedDict


class Session(TypedDict, total=False):
    """Of an app. Times are ISO 8601, `Duration` counts milliseconds."""

    Id: object
    StartTimestamp: object
    StopTimestamp: object
    Duration: object


class Event(TypedDict, total=False):
    """`Attributes` should be text by name, `Metrics` numbers, `Session` a session. `Timestamp` is ISO 8601."""

    EventType: object
    Timestamp: object
    Attributes: Any
    Metrics: Any
    Session: Any
    AppPackageName: object
    AppTitle: object
    AppVersionCode: object
    ClientSdkVersion: object
    SdkName: object


class Endpoint(TypedDict, total=False):
    """An address or a device of a person, once `endpoints.problems` found nothing wrong. `Attributes` are lists of
    text by name."""

    Id: object
    Address: str | None
    Attributes: dict[str, Any] | None
    ChannelType: str | None
    Demographic: dict[str, Any] | None
    EffectiveDate: str | None
    EndpointStatus: str | None
    Location: dict[str, Any] | None
    Metrics: dict[str, Any] | None
    OptOut: str | None
    RequestId: str | None
    User: dict[str, Any] | None
