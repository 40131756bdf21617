"""What comes after a request: its records are folded and archived, and what was rejected is replayed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

import orjson

from functions.archive.batches import rows
from functions.archive.packing import LARGEST_RECORD
from functions.collect.replay.replay import REPLAYED, Replay
from functions.process.account import Account
from shared.bus_entries import EventBatch
from shared.ledger.drawing import balance
from shared.ledger.lines import LEDGER, Put, Witness, hour_of, witnesses
from shared.ledger.places import Place
from shared.ports.streams import StreamEntry
from tests.fakes import process_stage
from tests.fakes.collect_stage import NOON
from tests.fuzz.seeded_ids import SeededIds
from tests.fuzz.target import WORKSPACE, Reply, Target

LATER = NOON + timedelta(hours=1)
"""When nothing that is not done can be waiting."""


class After(NamedTuple):
    """`witnesses` are what `process` says of the records, `findings` what does not hold."""

    witnesses: list[Witness]
    findings: list[str]


def after(target: Target, reply: Reply, put: Put | None) -> After:
    """`put` is what the ledger reads of the request."""
    said: list[Witness] = []
    return After(said, [*_of_process(reply, put, said), *_of_replay(target, reply)])


def _of_process(reply: Reply, put: Put | None, said: list[Witness]) -> Iterator[str]:
    """Everything accepted is folded and archived: nothing is put aside, each event has its row, and the ledger, which
    reads only the lines of both stages, finds it so."""
    if not reply.entries:
        return
    stage, account = process_stage.Stage(WORKSPACE), Account()
    stage.process.batch(
        [_delivered(stage, *one) for one in zip(reply.places, reply.entries, strict=True)], account
    )
    for line in account.said(reply.places[0].shard_id):
        said += witnesses(orjson.loads(orjson.dumps({LEDGER: line})), NOON, "process")
    for letter in stage.dead_letters.letters:
        yield f"an accepted record that `process` puts aside: {orjson.loads(letter)['error']}"
    refused = sum(len(request.items) for request in stage.rejected.requests.values())
    drawn = balance([*filter(None, (put,)), *said], LATER)
    counts = drawn.of((reply.records[0].source, hour_of(NOON)))
    accepted = sum(len(record.events) for record in reply.records)
    if not drawn.is_balanced or drawn.waiting or len(drawn.counts) > 1:
        yield "the ledger does not balance"
    if (counts.accepted, counts.put_by_others, counts.refused) != (accepted, 0, refused):
        yield "the ledger has other numbers of events than the stores"
    if counts.folded + counts.duplicates + counts.refused != accepted:
        yield "an accepted event that `process` neither folds nor refuses"
    batches = [entry for entry in stage.bus.entries if isinstance(entry, EventBatch)]
    archived = Counter(row.event.type == "system" for batch in batches for row in batch.unpacked())
    if (counts.rows, counts.derived) != (archived[False], archived[True]):
        yield "the ledger has other numbers of rows than the archive"
    for batch in batches:
        envelope = {"detail-type": EventBatch.detail_type, "detail": batch.model_dump(mode="json")}
        rows(orjson.dumps(envelope).decode(), LARGEST_RECORD)


def _delivered(stage: process_stage.Stage, place: Place, entry: StreamEntry) -> process_stage.LambdaRecord:
    record = stage.lambda_record(entry.key, entry.data)
    record["kinesis"]["sequenceNumber"] = str(place.number)
    return record


def _of_replay(target: Target, reply: Reply) -> Iterator[str]:
    """Reads whatever was kept: it may stay rejected, and raises nothing."""
    stage = target.stage
    if not reply.kept:
        return
    target.stream.clear()
    replay = Replay(
        workspace=stage.resources.workspace,
        stream=stage.stream,
        rejected=stage.rejected,
        secrets=stage.resources.secrets,
        clock=lambda: NOON,
        new_id=SeededIds(2),
    )
    ids = [f"{request.request}-{item.index}" for request in reply.kept for item in request.items]
    outcomes = replay.events(ids)
    if sorted(one["id"] for one in outcomes) != sorted(ids):
        yield "a replay that does not say what became of each"
    replayed = sum(one["outcome"] == REPLAYED for one in outcomes)
    if replayed != sum(len(record.events) for record in stage.records):
        yield "what is replayed is not what is on the stream"
    for record in stage.records:
        if not record.events:
            yield "a replayed record without events"
