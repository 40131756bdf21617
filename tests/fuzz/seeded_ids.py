"""Ids as `shared.ports.runtime.NewId` makes them, the same ones every time: UUIDs of version 7, of noon."""

from __future__ import annotations

import uuid
from random import Random

from tests.fakes.collect_stage import NOON


class SeededIds:
    def __init__(self, seed: int) -> None:
        self._rng = Random(seed)

    def __call__(self) -> str:
        milliseconds = int(NOON.timestamp() * 1000)
        bits = (
            milliseconds << 80
            | 7 << 76
            | self._rng.getrandbits(12) << 64
            | 2 << 62
            | self._rng.getrandbits(62)
        )
        return str(uuid.UUID(int=bits))
