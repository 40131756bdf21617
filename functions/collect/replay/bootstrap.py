"""Replay and drop on their AWS adapters, made at the first invocation."""

from __future__ import annotations

from functools import cache

from functions.collect.bootstrap import collecting
from functions.collect.replay.dropping import Drop
from functions.collect.replay.replay import Replay


@cache
def replay() -> Replay:
    stage = collecting()
    return Replay(
        workspace=stage.workspace,
        stream=stage.stream(),
        rejected=stage.rejected,
        secrets=stage.source_secrets(),
        clock=stage.now,
        new_id=stage.runtime.new_id,
    )


@cache
def drop() -> Drop:
    stage = collecting()
    return Drop(stage.rejected, stage.now)
