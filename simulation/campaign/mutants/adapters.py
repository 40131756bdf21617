"""Adapters that forget what a batch call did not take, and stages that believe them, or write less than they got."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from functions.archive import handler as archive_handler
from functions.archive.batches import Archived
from shared.aws.streams.bus import EventBridgeBus
from shared.aws.streams.stream import KinesisStream
from shared.aws.tables.timeline import DynamoTimeline
from shared.bus_entries import Entry, ForwardedEvent
from shared.failures import Unavailable
from shared.lake import rows
from simulation.campaign.mutants.planting import Mutant, Replacement


def _forgetful(owner: type, name: str) -> list[Replacement]:
    real = vars(owner)[name]

    def put(self: Any, *args: Any) -> dict[int, str]:
        real(self, *args)
        return {}

    return [(owner, name, put)]


def _acknowledges() -> list[Replacement]:
    """Whatever Firehose did not take. That it took nothing at all is an exception, which goes the same way: to forget
    only the others would be found where Firehose takes a part of a batch in each of an invocation's tries."""
    real = vars(archive_handler)["archive"]

    def archive(messages: Sequence[dict[str, Any]], *args: Any) -> Archived:
        try:
            counts = real(messages, *args).counts
        except Unavailable:
            counts = {"messages": len(messages), "unarchived": len(messages)}
        return Archived([], counts)

    return [(archive_handler, "archive", archive)]


def _thin_rows() -> list[Replacement]:
    real = rows.row

    def row(archived: Any) -> dict[str, Any]:
        made = real(archived)
        return {**made, "properties": {name: made["properties"].get(name) for name in ("n", "message")}}

    return [(rows, "row", row)]


def _forwards_nothing() -> list[Replacement]:
    real = vars(EventBridgeBus)["publish"]

    def publish(self: Any, entries: Sequence[Entry]) -> Any:
        return real(self, [one for one in entries if not isinstance(one, ForwardedEvent)])

    return [(EventBridgeBus, "publish", publish)]


MUTANTS = (
    Mutant(
        "lost partial failure of PutRecords",
        "records that the stream did not take are not put again",
        lambda: _forgetful(KinesisStream, "_put"),
    ),
    Mutant(
        "lost partial failure of PutEvents",
        "entries that the bus did not take are not put again",
        lambda: _forgetful(EventBridgeBus, "_put_entries"),
    ),
    Mutant(
        "lost partial failure of BatchWriteItem",
        "chunks of the timeline that were not written are forgotten",
        lambda: _forgetful(DynamoTimeline, "_put"),
    ),
    Mutant(
        "acknowledged before written",
        "archive takes a message from its queue though its rows were not delivered",
        _acknowledges,
    ),
    Mutant("rows without properties", "the lake gets little of what an event said", _thin_rows),
    Mutant("nothing forwarded", "no event goes on the bus for the operator's own routes", _forwards_nothing),
)
