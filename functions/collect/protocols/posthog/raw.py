"""An event as PostHog's SDKs send it, alone, in a list or in a batch.

https://posthog.com/docs/api/capture
Nothing here has been checked when it is read: a field that is `object` may hold anything, and any field may be missing.
Imported for type checkers alone: no request needs it.
"""

from __future__ import annotations

from typing import TypedDict

Event = TypedDict(
    "Event",
    {
        "event": object,
        "distinct_id": object,
        "$distinct_id": object,
        "properties": object,
        "timestamp": object,
        "offset": object,
        "uuid": object,
        "sent_at": object,
        "api_key": object,
        "token": object,
        "type": object,
        "$set": object,
        "$set_once": object,
        "$unset": object,
        "options": object,
        "session_id": object,
        "window_id": object,
    },
    total=False,
)
"""`offset` counts the milliseconds between the event and its sending. `options`, `session_id` and `window_id` are the
newest path's; with a dollar sign they are properties elsewhere."""
