"""A call of the HTTP Tracking API. RudderStack's SDKs send the same.

https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/
https://www.rudderstack.com/docs/api/http-api/
Nothing here has been checked when it is read: a field that is `object` may hold anything, and any field may be missing.
Imported for type checkers alone: no request needs it.
"""

from __future__ import annotations

from typing import TypedDict


class Call(TypedDict, total=False):
    """`context` may name more ids: `externalIds`. Times are ISO 8601."""

    type: object
    messageId: object
    userId: object
    anonymousId: object
    previousId: object
    groupId: object
    event: object
    name: object
    category: object
    properties: object
    traits: object
    context: object
    channel: object
    integrations: object
    timestamp: object
    originalTimestamp: object
    sentAt: object
    writeKey: object
