"""Times as profiles keep them, written to JSON as microseconds since 1970: half as long as ISO 8601.

Apart from `shared.times`, which `collect` starts with: pydantic's serializers take it as long as four modules of ours.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

from shared.times import UtcDatetime, from_microseconds, in_utc, microseconds


def _stored(value: object) -> object:
    return from_microseconds(value) if isinstance(value, int) else in_utc(value)


CompactTime = Annotated[
    UtcDatetime, BeforeValidator(_stored), PlainSerializer(microseconds, return_type=int, when_used="json")
]
"""It reads ISO 8601 as well."""
