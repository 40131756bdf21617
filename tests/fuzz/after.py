"""What comes after a request: its records are folded and archived, and what was rejected is replayed."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from functions.archive.batches import rows
from functions.archive.packing import LARGEST_RECORD
from functions.collect.replay.replay import Replay
from shared.bus_entries import EventBatch
from tests.fakes import process_stage
from tests.fakes.collect_stage import NOON
from tests.fuzz.seeded_ids import SeededIds
from tests.fuzz.target import WORKSPACE, Reply, Target


def findings(target: Target, reply: Reply) -> Iterator[str]:
    yield from _of_process(reply)
    yield from _of_replay(target, reply)


def _of_process(reply: Reply) -> Iterator[str]:
    """Everything accepted is folded and archived: nothing is put aside, and each event has its row."""
    if not reply.entries:
        return
    stage = process_stage.Stage(WORKSPACE)
    stage.deliver(*(stage.lambda_record(entry.key, entry.data) for entry in reply.entries))
    for letter in stage.dead_letters.letters:
        yield f"an accepted record that `process` puts aside: {orjson.loads(letter)['error']}"
    accepted = sum(len(record.events) for record in reply.records)
    archived = sum(row.event.type != "system" for row in stage.bus.rows.values())
    refused = sum(len(request.items) for request in stage.rejected.requests.values())
    if archived + refused > accepted:
        yield "more rows than events"
    for entry in stage.bus.entries:
        if isinstance(entry, EventBatch):
            envelope = {"detail-type": EventBatch.detail_type, "detail": entry.model_dump(mode="json")}
            rows(orjson.dumps(envelope).decode(), LARGEST_RECORD)


def _of_replay(target: Target, reply: Reply) -> Iterator[str]:
    """Reads whatever was kept: it may stay rejected, and raises nothing."""
    stage = target.stage
    if not reply.kept:
        return
    stage.stream.entries.clear()
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
    for record in stage.records:
        if not record.events:
            yield "a replayed record without events"
