"""Rows of the lake's table `rejected_raw`, one for each rejected event, typed as `shared.lake.schema` says."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from shared.lake.rows import Row, text, time_text
from shared.rejected import RejectedRequest, listed

LONGEST = 1000
"""Characters of a text. Names and ids of rejected events come from clients and may be anything."""


def rows(request: RejectedRequest) -> Iterator[Row]:
    """With every column of `lake_schema.REJECTED_COLUMNS`; those without a value are None."""
    for event in listed(request):
        first = event.reasons[0]
        reasons = [reason.model_dump(mode="json") for reason in event.reasons]
        flat = {
            "rejected_id": event.id,
            "event_id": event.event_id,
            "name": event.name,
            "source": event.source,
            "protocol": event.protocol,
            "user_id": event.user_id,
            "anonymous_id": event.anonymous_id,
            "code": first.code.value,
            "field": first.field,
            "message": first.message,
            "received_at": time_text(event.received_at),
        }
        cut = {
            column: None if value is None else (text(value) or "")[:LONGEST] for column, value in flat.items()
        }
        yield cut | {"reasons": text(orjson.dumps(_short(reasons)).decode())}


def lines(request: RejectedRequest) -> list[bytes]:
    """The rows as lines of JSON, without their nulls, each ended by a newline."""
    return [
        orjson.dumps(
            {column: value for column, value in row.items() if value is not None},
            option=orjson.OPT_APPEND_NEWLINE,
        )
        for row in rows(request)
    ]


def _short(reasons: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{key: (text(value) or "")[:LONGEST] for key, value in reason.items()} for reason in reasons]
