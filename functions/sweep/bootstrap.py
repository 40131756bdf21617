"""The stage on its AWS adapters, made at the first invocation: a snapshot holds no socket."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache

from functions.sweep.sweep import Sweep
from shared.aws.runtime import RUNTIME
from shared.aws.streams.stream import KinesisStream
from shared.aws.tables.due_profiles import DynamoDueProfiles
from shared.ports.runtime import Runtime


@cache
def sweep() -> Sweep:
    return sweep_of(os.environ, RUNTIME)


def sweep_of(values: Mapping[str, str], runtime: Runtime) -> Sweep:
    return Sweep(
        DynamoDueProfiles(values["PROFILES_TABLE"]),
        KinesisStream(values["STREAM_NAME"], runtime.pause),
        per_second=int(values["TIMERS_PER_SECOND"]),
        ticks=runtime.ticks,
        sleep=runtime.sleep,
        threads=runtime.threads,
        lock=runtime.lock,
    )
