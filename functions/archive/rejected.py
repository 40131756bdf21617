"""The stream of the rejected table → lake: a row for each rejected event.

If AWS does not accept some rows, they come again, from the first request among them; readers see each row once. A
request that cannot be read, or whose content is refused, becomes a dead letter, so that nothing waits behind it. The
event itself stays in its table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import orjson
from aws_lambda_powertools import Logger

from functions.archive.packing import LARGEST_RECORD, packed
from shared.aws.tables.rejected_items import TRIES, RejectedImages
from shared.failures import Refused, Unavailable
from shared.lake.rejected_rows import lines
from shared.ports.streams import DeadLetters, Delivery

logger = Logger()

HELD_BYTES = 4 * LARGEST_RECORD
"""Bytes of rows that are held at once, for one call of Firehose. A request may have 5,000 rows, which its item's size
does not show."""

Record = Mapping[str, Any]
Rows = list[tuple[int, bytes]]
"""Lines for the lake, as (position of the record, line)."""


class RejectedArchived(NamedTuple):
    """`again` is the sequence number from which records must come again; None if none must."""

    again: str | None
    counts: dict[str, int]


def archive_rejected(
    records: Sequence[Record],
    images: RejectedImages,
    delivery: Delivery,
    dead_letters: DeadLetters,
    held_bytes: int = HELD_BYTES,
) -> RejectedArchived:
    """Deliver the records' rows in order, until AWS does not take some.

    Raises Unavailable instead where the record to begin with has no number: a person handed it over, and no stream.
    """
    batch = _Batch(records, images, delivery)
    for rows in _groups(batch.rows(), held_bytes):
        batch.deliver(rows)
        if batch.end < len(records):
            break
    batch.put_letters(dead_letters)
    again = None
    if batch.end < len(records):
        again = records[batch.end]["dynamodb"].get("SequenceNumber")
        if not again:
            raise Unavailable("AWS did not take all rows of rejected events")
    return RejectedArchived(again, batch.counts())


class _Batch:
    """The outcome of the records, by position. Those from `end` on come again."""

    def __init__(self, records: Sequence[Record], images: RejectedImages, delivery: Delivery) -> None:
        self.end = len(records)
        self._records = records
        self._images = images
        self._delivery = delivery
        self._delivered: Counter[int] = Counter()
        self._gone: set[int] = set()
        self._unreadable: set[int] = set()

    def rows(self) -> Iterator[tuple[int, bytes]]:
        """Yield the rows, made one request at a time."""
        for position, record in enumerate(self._records):
            if record["eventName"] != "INSERT":  # a mark that one was replayed, or the end of its time
                continue
            if _name(record) == TRIES:  # not events: how often `process` failed for a record
                continue
            try:
                made = self._made(record["dynamodb"]["NewImage"])
            except Exception as error:  # noqa: BLE001  but for what AWS may do later, it concerns this record only
                # The error itself may quote what a client sent.
                logger.warning("unread rejected events", error=type(error).__name__)
                if isinstance(error, Unavailable) and not isinstance(error, Refused):
                    self._stop(position)
                    return
                self._unreadable.add(position)
                continue
            if made is None:
                self._gone.add(position)
            for line in made or ():
                yield position, line

    def _made(self, image: Mapping[str, Any]) -> list[bytes] | None:
        """None for a request that is gone. Raises what reading raises, and ValueError for a row too large."""
        request = self._images.read(image)
        if request is None:
            return None
        made = lines(request)
        if any(len(line) > LARGEST_RECORD for line in made):
            raise ValueError("a row fits into no Firehose record")
        return made

    def deliver(self, rows: Rows) -> None:
        """Deliver the rows. If the content of a row is refused, its request becomes a dead letter."""
        positions = sorted({position for position, _ in rows})
        by_request = [[line for _, line in of] for _, of in groupby(rows, key=lambda row: row[0])]
        packs = packed(by_request)
        try:
            left = self._delivery.put([bytes(pack.rows) for pack in packs])
        except Unavailable:
            self._stop(positions[0])
            return
        for index in left:
            if index not in left.refused:
                self._stop(positions[packs[index].messages[0]])
        # Nothing says which of its requests a pack was refused for: each is tried by itself.
        for at in sorted({at for index in left.refused for at in packs[index].messages}):
            if positions[at] < self.end:
                self._deliver_alone(positions[at], by_request[at])
        for position, _ in rows:
            self._delivered[position] += 1

    def _deliver_alone(self, position: int, request: Sequence[bytes]) -> None:
        try:
            left = self._delivery.put([bytes(pack.rows) for pack in packed([request])])
        except Unavailable:
            self._stop(position)
            return
        if len(left) > len(left.refused):
            self._stop(position)
        elif left:
            logger.error(
                "Firehose refuses rejected events for their content", rejected=_name(self._records[position])
            )
            self._unreadable.add(position)

    def put_letters(self, dead_letters: DeadLetters) -> None:
        """One for each request before the end, however many of its rows were refused."""
        positions = sorted(position for position in self._unreadable if position < self.end)
        if positions:
            for at in dead_letters.put([_letter(self._records[position]) for position in positions]):
                self._stop(positions[at])

    def counts(self) -> dict[str, int]:
        return {
            "rejected_events": sum(
                rows
                for position, rows in self._delivered.items()
                if position < self.end and position not in self._unreadable
            ),
            "rejected_unarchived": sum(position < self.end for position in self._unreadable),
            "rejected_gone": sum(position < self.end for position in self._gone),
            "rejected_again": len(self._records) - self.end,
        }

    def _stop(self, position: int) -> None:
        self.end = min(self.end, position)


def _groups(rows: Iterator[tuple[int, bytes]], most_bytes: int) -> Iterator[Rows]:
    """Group the rows so that each group has at most `most_bytes`, or a single row."""
    group: Rows = []
    size = 0
    for position, line in rows:
        if group and size + len(line) > most_bytes:
            yield group
            group, size = [], 0
        group.append((position, line))
        size += len(line)
    if group:
        yield group


def _letter(record: Record) -> bytes:
    """The dead letter: the keys of the item, which stays in its table until it expires."""
    return orjson.dumps({"rejected": _name(record), "keys": record["dynamodb"]["Keys"]})


def _name(record: Record) -> str:
    """The id of the request."""
    name: str = record["dynamodb"]["Keys"]["sk"]["S"]
    return name
