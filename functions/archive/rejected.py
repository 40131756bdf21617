"""The stream of the rejected table → lake: a row for each rejected event.

What AWS does not take fails the batch, which comes again: readers see each row once. What cannot be read, or is refused
for its content, is a dead letter, so that nothing waits behind it; the event itself stays in its table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from aws_lambda_powertools import Logger

from functions.archive.packing import packed
from shared.aws.rejected_items import RejectedImages
from shared.lake_rejected_rows import lines
from shared.ports import DeadLetters, Delivery, Unavailable, Unwritten

logger = Logger()


def archive_rejected(
    records: Sequence[Mapping[str, Any]],
    images: RejectedImages,
    delivery: Delivery,
    dead_letters: DeadLetters,
) -> dict[str, int]:
    """Deliver the records' rows; returns how many there were of what. Raises Unavailable when some stayed behind."""
    readable: list[Mapping[str, Any]] = []
    rows: list[list[bytes]] = []
    unreadable: list[Mapping[str, Any]] = []
    for record in records:
        if record["eventName"] != "INSERT":  # a mark that one was replayed, or the end of its time
            continue
        try:
            request = images.read(record["dynamodb"]["NewImage"])
        except ValueError as error:
            logger.warning("unreadable rejected events", error=type(error).__name__)
            unreadable.append(record)
            continue
        if request is not None:
            readable.append(record)
            rows.append(lines(request))
    packs = packed(rows)
    left = delivery.put([bytes(pack.rows) for pack in packs]) if packs else Unwritten()
    refused = {position for index in left.refused for position in packs[index].messages}
    if len(left) > len(left.refused):
        raise Unavailable("Firehose did not take all rows of rejected events")
    # Nothing says which of its requests a pack was refused for: each is tried by itself.
    for position in sorted(refused):
        again = delivery.put([bytes(pack.rows) for pack in packed([rows[position]])])
        if len(again) > len(again.refused):
            raise Unavailable("Firehose did not take all rows of rejected events")
        if again:
            unreadable.append(readable[position])
    if unreadable and dead_letters.put([_letter(record) for record in unreadable]):
        raise Unavailable("rejected events that cannot be archived are no dead letters yet")
    return {
        "rejected_events": sum(map(len, rows)),
        "rejected_unarchived": len(unreadable),
    }


def _letter(record: Mapping[str, Any]) -> bytes:
    """Where the item is: it stays in its table until its time is over."""
    return orjson.dumps(
        {"rejected": record["dynamodb"]["Keys"]["sk"]["S"], "keys": record["dynamodb"]["Keys"]}
    )
