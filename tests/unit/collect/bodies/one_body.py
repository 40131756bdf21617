"""A body of one event, and one nested as deep as asked."""

from __future__ import annotations

import orjson

from tests.fakes.collect_stage import purchase

BODY = orjson.dumps({"batch": [purchase(properties={"amount": 5, "currency": "EUR"})]})


def nested(levels: int) -> str:
    """Objects within objects, so many levels deep."""
    return '{"a":' * levels + "1" + "}" * levels
