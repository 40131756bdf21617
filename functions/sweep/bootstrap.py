"""The stage on its AWS adapters, made at the first invocation: a snapshot holds no socket."""

from __future__ import annotations

import os
from functools import cache

from functions.sweep.sweep import Sweep
from shared.aws.streams.stream import KinesisStream
from shared.aws.tables.due_profiles import DynamoDueProfiles


@cache
def sweep() -> Sweep:
    return Sweep(
        DynamoDueProfiles(os.environ["PROFILES_TABLE"]),
        KinesisStream(os.environ["STREAM_NAME"]),
        per_second=int(os.environ["TIMERS_PER_SECOND"]),
    )
