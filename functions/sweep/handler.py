"""A schedule → timers on the stream, for everybody who is due. On the laptop one invocation makes several rounds."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from shared.aws.stream import KinesisStream

from functions.sweep.sweep import Sweep
from shared.aws.due_profiles import DynamoDueProfiles

logger = Logger()


@cache
def sweep() -> Sweep:
    return Sweep(DynamoDueProfiles(os.environ["PROFILES_TABLE"]), KinesisStream(os.environ["STREAM_NAME"]))


def lambda_handler(event: dict[str, Any], context: object) -> None:
    """Schedules tick once a minute at the most: `SWEEP_ROUNDS` rounds of `SWEEP_PAUSE_SECONDS` make it finer."""
    rounds = int(os.environ.get("SWEEP_ROUNDS", "1"))
    timers = 0
    for turn in range(rounds):
        if turn:
            time.sleep(float(os.environ["SWEEP_PAUSE_SECONDS"]))
        timers += sweep().round(datetime.now(UTC))
    logger.info("sweep done", extra={"timers": timers, "rounds": rounds})
