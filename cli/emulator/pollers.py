"""The emulator's event sources: they keep their place in a stream, and finish what they began before a stop.

The emulator remembers how many of a shard's records a function has had. When records expire, the shard's list gets
shorter and the number does not, so that on the second day as many new records as yesterday had would be passed over.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.services import kinesis, lambda_svc

PATIENCE = 20.0
"""Seconds a stop waits for batches that functions are working on; what is not done is delivered again."""

_turn = threading.Lock()
_paused = threading.Event()


def correct() -> None:
    """Wrap the emulator's pollers and its expiry."""
    poll_streams, poll_queues, expire = (
        lambda_svc._poll_kinesis,
        lambda_svc._poll_sqs,
        kinesis._expire_records,
    )

    def poll_streams_in_turn() -> bool:
        with _turn:
            return not _paused.is_set() and bool(poll_streams())

    def poll_queues_unless_paused() -> bool:
        return not _paused.is_set() and bool(poll_queues())

    def expire_between_polls(stream: dict[str, Any]) -> None:
        if _turn.acquire(blocking=False):  # while a batch is with a function, expiry waits for the next call
            try:
                expire_and_keep_places(stream, expire)
            finally:
                _turn.release()

    lambda_svc._poll_kinesis = poll_streams_in_turn
    lambda_svc._poll_sqs = poll_queues_unless_paused
    kinesis._expire_records = expire_between_polls


def expire_and_keep_places(stream: dict[str, Any], expire: Callable[[dict[str, Any]], None]) -> None:
    """Records expire from the front of a shard; every place in it moves to the front by as many."""
    before = {shard_id: len(shard["records"]) for shard_id, shard in stream["shards"].items()}
    expire(stream)
    for key, source in list(lambda_svc._esms._data.items()):
        if source.get("EventSourceArn") == stream["StreamARN"]:
            places = lambda_svc._kinesis_positions._data.get(key, {})
            for shard_id in places.keys() & before.keys():
                gone = before[shard_id] - len(stream["shards"][shard_id]["records"])
                places[shard_id] = max(0, places[shard_id] - gone)


async def pause() -> None:
    """Start no more batches, and wait for those that functions are working on."""
    _paused.set()
    deadline = time.monotonic() + PATIENCE
    while (_turn.locked() or lambda_svc._esm_inflight) and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
