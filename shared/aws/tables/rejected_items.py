"""Decode items of the table of rejected events, from the table itself or from its stream."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from shared.aws.clients import client, unavailable_when_failing
from shared.rejected import Dropped, RejectedRequest

TIMES = TypeAdapter(dict[int, datetime])


def decoded(item: Mapping[str, Any], bucket: str) -> RejectedRequest | None:
    """The request in an item. None if the bucket has already deleted its part, and DynamoDB has yet to delete the
    item."""
    if "s3" in item:
        try:
            data = client("s3").get_object(Bucket=bucket, Key=item["s3"]["S"])["Body"].read()
        except client("s3").exceptions.NoSuchKey:
            return None
    else:
        data = item["data"]["B"]
    request = RejectedRequest.model_validate_json(zlib.decompress(data))
    replayed = TIMES.validate_python({index: at["S"] for index, at in item["replayed"]["M"].items()})
    dropped = _dropped(item)
    items = (
        one.model_copy(update={"replayed_at": replayed.get(one.index), "dropped": dropped.get(one.index)})
        for one in request.items
    )
    return request.model_copy(update={"items": tuple(items)})


def _dropped(item: Mapping[str, Any]) -> dict[int, Dropped]:
    """Who dropped which events, by index. An item without dropped events does not have the attributes."""
    if "dropped" not in item:
        return {}
    last = Dropped(at=item["dropped_at"]["S"], by=item["dropped_by"]["S"])
    return {int(index): last for index in item["dropped"]["NS"]}


TRIES = "tries"
"""The sort key of what stands beside the events: how often `process` failed for a record. Theirs is the id of the
request."""


class RejectedImages:
    """Reads new items from the table's stream. Large requests are in the workspace bucket."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def read(self, image: Mapping[str, Any]) -> RejectedRequest | None:
        """The request in an image of the stream. None if it is gone from the bucket. Raises ValueError if it cannot be
        read, and Unavailable."""
        with unavailable_when_failing():
            try:
                data = {"data": {"B": base64.b64decode(image["data"]["B"])}} if "data" in image else {}
                return decoded({**image, **data}, self._bucket)
            except (KeyError, zlib.error) as error:
                raise ValueError("not an item of rejected events") from error
