"""Items of the table of rejected events, read: from the table, or as Lambda gives them from its stream."""

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
    """None when the bucket deleted its part of an item that DynamoDB has still to delete."""
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
    """By index. An item of which nothing was dropped does not have the attributes."""
    if "dropped" not in item:
        return {}
    last = Dropped(at=item["dropped_at"]["S"], by=item["dropped_by"]["S"])
    return {int(index): last for index in item["dropped"]["NS"]}


class RejectedImages:
    """Of new items, as the stream has them; what was too large for one is in the workspace bucket."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def read(self, image: Mapping[str, Any]) -> RejectedRequest | None:
        """None for one that is gone from the bucket. Raises ValueError for one that cannot be read, and Unavailable."""
        with unavailable_when_failing():
            try:
                data = {"data": {"B": base64.b64decode(image["data"]["B"])}} if "data" in image else {}
                return decoded({**image, **data}, self._bucket)
            except (KeyError, zlib.error) as error:
                raise ValueError("not an item of rejected events") from error
