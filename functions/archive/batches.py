"""Rows of `Event Batch` entries in a few SQS messages, packed into as few Firehose records as they fit into.

Only the messages whose rows stayed behind, or could not be read, go back to the queue.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from aws_lambda_powertools import Logger

from functions.archive.packing import LARGEST_RECORD, packed
from shared.bus_entries import EventBatch
from shared.failures import Unwritten
from shared.lake.rows import line
from shared.ports.streams import Delivery

logger = Logger()


class Archived(NamedTuple):
    """What must be retried, and the counts.

    For a queue, the ids of messages in order; for a stream, the number of the first record.
    """

    again: list[str]
    counts: dict[str, int]


def archive(
    messages: Sequence[dict[str, Any]], delivery: Delivery, largest_record: int = LARGEST_RECORD
) -> Archived:
    """Deliver the messages' rows."""
    readable, unreadable = [], []
    for message in messages:
        try:
            readable.append((message["messageId"], rows(message["body"], largest_record)))
        except Exception as error:  # noqa: BLE001  whatever it is, it concerns this message only
            # The error itself may quote what a client sent.
            logger.warning("unreadable entry", message_id=message["messageId"], error=type(error).__name__)
            unreadable.append(message["messageId"])

    records = packed([lines for _, lines in readable], largest_record)
    left = delivery.put([bytes(record.rows) for record in records]) if records else Unwritten()
    behind = {position for index in left for position in records[index].messages}
    # Nothing says which of its messages a record was refused for: each is tried by itself.
    refused = {position for index in left.refused for position in records[index].messages}
    if len(refused) > 1:
        behind -= {
            position for position in refused if _delivered(readable[position][1], delivery, largest_record)
        }
    again = {readable[position][0] for position in behind}
    again.update(unreadable)

    counts = {
        "messages": len(messages),
        "rows": sum(len(lines) for _, lines in readable),
        "records": len(records),
        "bytes": sum(len(record.rows) for record in records),
        "unarchived": len(again),
    }
    return Archived([message["messageId"] for message in messages if message["messageId"] in again], counts)


def _delivered(lines: Sequence[bytes], delivery: Delivery, largest: int) -> bool:
    """Whether Firehose accepted all lines of one message. A few may arrive twice; readers show each once."""
    return not delivery.put([bytes(record.rows) for record in packed([lines], largest)])


def rows(body: str, largest: int) -> list[bytes]:
    """The lines for the lake in one bus entry, each of at most `largest` bytes.

    Raises ValueError if it is not an `Event Batch`, or has an event that is larger than a record, which Headrace never
    writes.
    """
    envelope = orjson.loads(body)
    if not isinstance(envelope, dict) or envelope.get("detail-type") != EventBatch.detail_type:
        raise ValueError("not an Event Batch")
    batch = EventBatch.model_validate(envelope.get("detail"))
    lines = [line(one) for one in batch.unpacked()]
    if any(len(one) > largest for one in lines):
        raise ValueError(f"a row is larger than {largest} bytes")
    return lines
