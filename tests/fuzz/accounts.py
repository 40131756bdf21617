"""Where each event of a request went. What `collect` says of it in its log line, which the ledger reads, is held
against what was read of the request, what is on the stream, what is kept, and what the sender was told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from functions.collect.adapter.rejection import readable
from shared.aws.stack.witnesses import of_line
from shared.ledger.lines import COLLECT, Put
from tests.fakes.collect_stage import NOON
from tests.fuzz.sent_events import how_many
from tests.fuzz.target import Reply
from tests.fuzz.told import Told, shown, told

LONGEST_LINE = 256 * 1024 - 26
"""Bytes of a line, with CloudWatch's own of it:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html"""


def witnessed(reply: Reply) -> Put | None:
    """What the ledger reads in the lines of the request; None where it is not one thing."""
    found = [one for line in reply.lines for one in of_line(line, NOON, COLLECT)]
    return found[0] if len(found) == 1 and isinstance(found[0], Put) else None


def findings(reply: Reply, said: Put | None, kind: str | None) -> Iterator[str]:
    """`said` is what was `witnessed`, `kind` that of the route; None where there is none."""
    of = f"{reply.report.protocol} {reply.report.call}" if reply.report is not None else "no format"
    if said is None:
        yield f"{of}: not one line that the ledger reads"
        return
    if any(len(line.encode()) > LONGEST_LINE for line in reply.lines):
        yield f"{of}: a line that CloudWatch cuts"
    for what in (
        *_of_the_stores(reply, said),
        *_of_each_event(reply, said),
        *_of_the_answer(reply, said, kind),
    ):
        yield f"{of}: {what}"


def _of_the_stores(reply: Reply, said: Put) -> Iterator[str]:
    """The line says what is on the stream, and where; what is kept; and of which source it is."""
    records, accepted = reply.records, said.events or 0
    kept = [item for request in reply.kept for item in request.items]
    if said.received != accepted + said.rejected:
        yield "received is not accepted + rejected"
    if accepted != sum(len(record.events) for record in records):
        yield "accepted is not what is on the stream"
    if said.rejected != len(kept):
        yield "rejected is not what is kept"
    if sorted(said.places) != sorted(reply.places):
        yield "the ledger is told of other records than are on the stream"
    if {*(one.source for one in records), *(one.source for one in reply.kept)} - {said.source}:
        yield "something is stored for another source"
    if len({*(one.request for one in records), *(one.request for one in reply.kept)}) > 1:
        yield "one request has two ids"
    tally = said.received, accepted, said.rejected
    if any((of.received, of.accepted, of.rejected) != tally for of in (record.tally for record in records)):
        yield "a record's tally is not the request's"


def _of_each_event(reply: Reply, said: Put) -> Iterator[str]:
    """Everything that was read of the request is in one place, once: by its id on the stream, by its number if kept."""
    if reply.work is None or not hasattr(reply.work, "parsed"):
        if said.received:
            yield "events that nobody read"
        return
    if said.refused or not said.received:
        return
    items, document = reply.work.parsed.items, reply.work.call.body.document
    kept = {item.index: item for request in reply.kept for item in request.items}
    if len(items) != said.received:
        yield "received is not what was read"
        return
    if reply.report and how_many(reply.report.protocol, reply.report.call, document) not in (
        None,
        said.received,
    ):
        yield "received is not what was sent"
    if len(kept) != said.rejected or not kept.keys() <= set(range(len(items))):
        yield "two rejected events have one place, or one has none"
        return
    if any(item.event_id != readable(items[at][0].get("id")) for at, item in kept.items()):
        yield "an event is kept in another's place"
    accepted = Counter(fields["id"] for at, (fields, _) in enumerate(items) if at not in kept)
    if accepted != Counter(event.id for record in reply.records for event in record.events):
        yield "an accepted event is not on the stream exactly once"


def _of_the_answer(reply: Reply, said: Put, kind: str | None) -> Iterator[str]:
    """The sender reads the same numbers. Whoever was refused is so for the ledger too, and nobody else is."""
    status, body = reply.answer.status, reply.answer.body
    brings_events = kind == "events" or bool(said.received)
    if kind != "rehearsal":
        numbers = (said.events or 0, said.rejected) if brings_events and not said.refused else (0, 0)
        for what, one in (("told", told(body)), ("shown", shown(body))):
            if one != Told(
                *(None if own is None else number for own, number in zip(one, numbers, strict=True))
            ):
                yield f"the sender is {what} of another number of events"
    if said.refused and (status < 400 or reply.entries or reply.kept):
        yield "a request is refused that was not"
    if not said.refused and status >= 400 and not said.received and (kind is None or kind == "events"):
        yield "a refused request is not counted"
