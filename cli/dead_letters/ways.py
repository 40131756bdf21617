"""What a dead letter becomes when it is brought back, and whether it ever can: judged first, then written per item."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import orjson

from cli.dead_letters.places import SQS, Holds, Place
from cli.problem import Problem
from cli.stacks import Stack
from shared.aws.queues import dead_letter_queues, dead_letters, queue_contents
from shared.aws.queues.dead_letter_queues import DeadLetter
from shared.aws.stack.invocations import FunctionFailed
from shared.aws.streams.bus import EventBridgeBus, PublishedEntry
from shared.aws.streams.stream import KinesisStream
from shared.aws.tables.rejected_again import RejectedAgain, keys_of
from shared.bus_entries import EventBatch, MessageRequested
from shared.failures import Unavailable, Unwritten
from shared.ports.streams import StreamEntry
from shared.records import DECIDED, decode
from shared.tee import TeedRequest


class NeverAgain(ValueError):
    """Why this one can never be brought back, however often it is tried. Nothing of a person is in it."""


class OfOthers(ValueError):
    """Why it may be none of this place's: it stays, neither saved nor dropped. Nothing of a person is in it."""


class Way(Protocol):
    """One place that dead letters go back to."""

    def judge(self, letter: DeadLetter) -> Any:
        """What is to be written. Raises NeverAgain, and Unavailable."""

    def write(self, judged: Sequence[Any]) -> Unwritten: ...


def mark(letter: DeadLetter) -> bytes:
    """What tells whether a dead letter is one that was here before. Its id and its place on the stream are new, and of
    a record the events that were saved meanwhile are gone: it is known by its key and request."""
    try:
        said = orjson.loads(letter.body)
        record = orjson.loads(base64.b64decode(said["data"]))
        content = orjson.dumps([said["key"], record.get("record", record)["request"]])
    except (ValueError, KeyError, TypeError, AttributeError):
        content = letter.body.encode()
    return hashlib.sha1(content, usedforsecurity=False).digest()


def data_of(said: Mapping[str, Any], bucket: str) -> Any:
    """The record in a dead letter of `process`, in base64: in it, or in the bucket where it was too large. Raises
    NeverAgain, KeyError where it has none, and Unavailable."""
    if not (at := said.get("stored_at")):
        return said["data"]
    data = dead_letters.stored(bucket, str(at))
    if data is None:
        raise NeverAgain("its record was in the workspace bucket and has expired")
    return data


class OntoTheStream:
    """Records of `process`."""

    def __init__(self, stream: str, bucket: str) -> None:
        self._stream = KinesisStream(stream)
        self._bucket = bucket

    def judge(self, letter: DeadLetter) -> StreamEntry:
        try:
            said = orjson.loads(letter.body)
            key, data = str(said["key"]), data_of(said, self._bucket)
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise NeverAgain("`process` did not write it: it contains no record") from error
        try:
            record = base64.b64decode(data, validate=True)
            decode(orjson.dumps(orjson.loads(record)["record"]) if record.startswith(DECIDED) else record)
        except (binascii.Error, ValueError, KeyError, TypeError) as error:
            raise NeverAgain("its record is not one of Headrace's: this version cannot read it") from error
        return StreamEntry(key, record)

    def write(self, judged: Sequence[StreamEntry]) -> Unwritten:
        return self._stream.put(judged)


class IntoAQueue:
    """Work of a queue, with what a message of it must be."""

    def __init__(self, url: str, check: Callable[[str], object], what: str) -> None:
        if url.endswith(".fifo"):
            raise Problem(
                f"{url} is a FIFO queue: its messages have groups, which only SQS itself keeps",
                "Start a redrive in the SQS console, or: aws sqs start-message-move-task",
            )
        self._url = url
        self._check = check
        self._what = what

    def judge(self, letter: DeadLetter) -> DeadLetter:
        try:
            self._check(letter.body)
        except (ValueError, KeyError, TypeError) as error:
            raise NeverAgain(f"it is not a {self._what}: this version cannot read it") from error
        return letter

    def write(self, judged: Sequence[DeadLetter]) -> Unwritten:
        return dead_letter_queues.send(self._url, judged)


class OntoTheBus:
    """What a route could not hand to a target that is no queue: every rule that matches gets it again."""

    def __init__(self, bus: str) -> None:
        self._bus = EventBridgeBus(bus)

    def judge(self, letter: DeadLetter) -> PublishedEntry:
        try:
            entry = orjson.loads(letter.body)
            return PublishedEntry(
                str(entry["source"]), str(entry["detail-type"]), orjson.dumps(entry["detail"]).decode()
            )
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise NeverAgain("it is not an entry of the bus: its rule transforms entries") from error

    def write(self, judged: Sequence[PublishedEntry]) -> Unwritten:
        return self._bus.publish_again(judged)


class Stretch(NamedTuple):
    first: datetime
    last: datetime


class IntoTheLake:
    """Rejected events that the lake lacks: the letter says where they are, and `archive` is handed them."""

    def __init__(self, rejected: RejectedAgain) -> None:
        self._rejected = rejected

    @staticmethod
    def takes(letter: DeadLetter) -> bool:
        return _of_rejected_events(letter) is not None

    def judge(self, letter: DeadLetter) -> Any:
        said = _of_rejected_events(letter) or {}
        try:
            if batch := said.get("DDBStreamBatchInfo"):
                return Stretch(
                    *(
                        datetime.fromisoformat(batch[f"approximateArrivalOf{which}Record"])
                        for which in ("First", "Last")
                    )
                )
            item = self._rejected.item(keys_of(said))
        except (ValueError, KeyError, TypeError) as error:
            raise NeverAgain("it does not name its rejected events") from error
        if item is None:
            raise NeverAgain("its rejected events have expired")
        return item

    def write(self, judged: Sequence[Any]) -> Unwritten:
        failed = []
        for position, one in enumerate(judged):
            try:
                items = self._rejected.between(*one) if isinstance(one, Stretch) else iter([one])
                self._rejected.hand_over(items)
            except (Unavailable, FunctionFailed):
                failed.append(position)
        return Unwritten(failed)


def ways(place: Place, stack: Stack) -> Callable[[DeadLetter], Way]:
    """Which way a dead letter of the place goes: what says so raises OfOthers. Raises Problem, and Unavailable.

    The content of a route's dead letters says nothing of whose they are: where they came from does.
    """
    if place.holds is Holds.RECORDS:
        records = OntoTheStream(stack["StreamName"], stack["WorkspaceBucket"])
        return lambda _: records
    queues: dict[str, Way] = {
        arn: IntoAQueue(queue_contents.queue(arn).url, *CHECKS[place.holds])
        if arn.startswith(SQS)
        else OntoTheBus(stack["BusName"])
        for arn in place.leads_to
    }
    lake = IntoTheLake(RejectedAgain(stack["RejectedTable"], stack["ArchiveFunction"]))
    usual = next(iter(queues.values()))

    def way(letter: DeadLetter) -> Way:
        if place.holds is Holds.ROWS and lake.takes(letter):
            return lake
        if letter.came_from in queues:
            return queues[letter.came_from]
        if others := of_others(place, letter):
            raise OfOthers(others)
        return usual

    return way


def of_others(place: Place, letter: DeadLetter) -> str | None:
    """Why it may be none of this place's. Our own queues nobody else uses, and their content is checked."""
    if place.holds is not Holds.ENTRIES or letter.came_from in place.leads_to:
        return None
    if letter.came_from:
        return "came from another queue or target, which none of these routes uses"
    if len(place.leads_to) > 1:
        return "do not name the queue or target that they were for"
    return None


def _of_rejected_events(letter: DeadLetter) -> dict[str, Any] | None:
    try:
        said = orjson.loads(letter.body)
    except orjson.JSONDecodeError:
        return None
    return said if isinstance(said, dict) and said.keys() & {"rejected", "DDBStreamBatchInfo"} else None


def _envelope(body: str, detail_type: str) -> Any:
    envelope = orjson.loads(body)
    if envelope["detail-type"] != detail_type:
        raise ValueError(f"not a {detail_type}")
    return envelope["detail"]


CHECKS: dict[Holds, tuple[Callable[[str], object], str]] = {
    Holds.MESSAGES: (
        lambda body: MessageRequested.model_validate(_envelope(body, MessageRequested.detail_type)),
        "request for a message",
    ),
    Holds.ROWS: (
        lambda body: EventBatch.model_validate(_envelope(body, EventBatch.detail_type)).unpacked(),
        "batch of events",
    ),
    Holds.REQUESTS: (TeedRequest.decode, "request for a vendor"),
    Holds.ENTRIES: (str, "entry"),
}
"""What reads a message of such a queue, raising ValueError, KeyError or TypeError; and what it is called."""
