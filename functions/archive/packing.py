"""Rows of several queue messages packed into few Firehose records.

Firehose bills each record as at least 5 KB and accepts at most 1,000 KiB. A message's rows stay together if they fit,
so a failing record affects as few messages as possible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

LARGEST_RECORD = 1000 * 1024
"""Bytes of one Firehose record: https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html"""


@dataclass(slots=True)
class DeliveryRecord:
    """`messages` are the positions of the messages that have rows in it."""

    rows: bytearray = field(default_factory=bytearray)
    messages: list[int] = field(default_factory=list)


def packed(messages: Sequence[Sequence[bytes]], largest: int = LARGEST_RECORD) -> list[DeliveryRecord]:
    """Pack the rows of all messages, in order. Raises ValueError for a row that is larger than a record."""
    records = [DeliveryRecord()]
    for position, rows in enumerate(messages):
        if records[-1].rows and len(records[-1].rows) + sum(map(len, rows)) > largest:
            records.append(DeliveryRecord())
        for row in rows:
            if len(row) > largest:
                raise ValueError(f"a row of {len(row)} bytes fits into no Firehose record")
            if len(records[-1].rows) + len(row) > largest:
                records.append(DeliveryRecord())
            records[-1].rows += row
            if position not in records[-1].messages[-1:]:
                records[-1].messages.append(position)
    return [record for record in records if record.rows]
