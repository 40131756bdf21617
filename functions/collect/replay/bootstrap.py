"""Replay and drop on their AWS adapters, made at the first invocation."""

from __future__ import annotations

import time
from functools import cache

from functions.collect.auth.source_secrets import SourceSecrets
from functions.collect.bootstrap import environment, now, rejected, workspace
from functions.collect.replay.dropping import Drop
from functions.collect.replay.replay import Replay
from shared.aws.secrets import StackSecret
from shared.aws.streams.stream import KinesisStream


@cache
def replay() -> Replay:
    names = environment()
    return Replay(
        workspace=workspace(),
        stream=KinesisStream(names.stream_name),
        rejected=rejected(),
        secrets=SourceSecrets(StackSecret(names.secret_arn), time.monotonic),
        clock=now,
    )


@cache
def drop() -> Drop:
    return Drop(rejected(), now)
