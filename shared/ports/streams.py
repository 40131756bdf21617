"""The transports of events and work: the stream, the bus, dead-letter queues, and the delivery to the lake."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:  # so that `collect` does not pay for importing the fold when it starts
    from collections.abc import Sequence
    from datetime import datetime

    from shared.bus_entries import Entry
    from shared.failures import Unwritten
    from shared.ledger.places import Place


class StreamEntry(NamedTuple):
    key: str
    data: bytes


class Stream(Protocol):
    """Kinesis."""

    def put(self, entries: Sequence[StreamEntry]) -> Unwritten: ...

    def written(self) -> list[Place]:
        """Where everything stands that was put since this was asked last, as far as the stream has said so."""


class Bus(Protocol):
    def publish(self, entries: Sequence[Entry]) -> Unwritten: ...


class DeadLetters(Protocol):
    def put(self, letters: Sequence[bytes]) -> Unwritten: ...


class FailedTries(Protocol):
    """Counts how often something failed for its content. It is remembered as long as the stream keeps records."""

    def add(self, name: str, at: datetime) -> int:
        """Count one more try and return the number of tries. Raises Unavailable."""

    def note_dead_letter(self, name: str, at: datetime) -> None:
        """Its dead letter is written. Raises Unavailable."""

    def has_dead_letter(self, name: str) -> bool:
        """Raises Unavailable."""


class Delivery(Protocol):
    """Firehose, on its way to the lake."""

    def put(self, records: Sequence[bytes]) -> Unwritten:
        """Each record is newline-separated JSON, at most 1,000 KiB:
        https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html"""
