"""A schedule → timers on the stream, for everybody who is due."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

from functions.sweep.sweep import Sweep
from shared.aws.due_profiles import DynamoDueProfiles
from shared.aws.stream import KinesisStream

logger = Logger()


@cache
def sweep() -> Sweep:
    return Sweep(DynamoDueProfiles(os.environ["PROFILES_TABLE"]), KinesisStream(os.environ["STREAM_NAME"]))


def lambda_handler(event: dict[str, Any], context: object) -> None:
    timers = sweep().round(datetime.now(UTC))
    logger.info("sweep done", extra={"timers": timers})
