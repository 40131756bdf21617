"""How many shards a load has, and how much a shard takes."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

from cli.cost.batches import SHARDS_ON_DEMAND, Reading
from cli.cost.measurements import Measured
from cli.cost.traffic import Load

SHARD_BYTES, SHARD_RECORDS = 1024 * 1024, 1_000
"""A second: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html"""

FULL = 0.8
"""How full a shard may be in steady traffic: requests come unevenly."""

DOUBLE = 2
"""A stream on demand has room for twice what it had at its peak:
https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html"""


def reading(load: Load, settings: Mapping[str, Any], measured: Measured) -> Reading:
    return Reading(
        shards(load, settings, measured), settings["stream_parallelism"], settings["stream_window_seconds"]
    )


def shards(load: Load, settings: Mapping[str, Any], measured: Measured) -> int:
    planned: int | None = settings["stream_shards"]
    if planned is not None:
        return planned
    return max(SHARDS_ON_DEMAND, ceil(DOUBLE * _full_shards(load, measured)))


def needed(load: Load, measured: Measured) -> int:
    """The fewest shards that have room for the load."""
    return max(1, ceil(_full_shards(load, measured) / FULL))


def most_events(load: Load, shards: int, measured: Measured) -> float:
    """Events a second for which so many shards have room."""
    return load.rate * shards * FULL / _full_shards(load, measured)


def _full_shards(load: Load, measured: Measured) -> float:
    """How many shards the load would fill to the brim."""
    per_record = load.per_request if load.people == "one" else 1
    records = load.rate / per_record
    return max(records / SHARD_RECORDS, records * measured.visit(per_record).record_bytes / SHARD_BYTES)
