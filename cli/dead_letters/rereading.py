"""Putting a stretch of the stream on it again, where nothing of it was set aside."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cli.dead_letters.retrying import Advance, Patient
from shared.aws.streams import stream_stretch
from shared.aws.streams.stream import KinesisStream


@dataclass
class Reread:
    """`put` records are on the stream again, or would be; `not_taken` were not taken, and `refused` never will be."""

    read: int = 0
    put: int = 0
    not_taken: int = 0
    refused: int = 0


def reread(
    stream: str,
    first: datetime,
    last: datetime,
    said: Reread,
    *,
    dry_run: bool,
    advance: Advance,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Page by page. Stops at the first page of which something is not taken. Fills `said` as it goes. Raises
    Unavailable."""
    patient = Patient(KinesisStream(stream), sleep)
    for page in stream_stretch.pages(stream, first, last, sleep):
        said.read += len(page.entries)
        advance(len(page.entries))
        if dry_run:
            continue
        unwritten = patient.put(page.entries)
        said.refused += len(unwritten.refused)
        left = len(unwritten) - len(unwritten.refused)
        said.put += len(page.entries) - len(unwritten)
        said.not_taken += left
        if left:
            return
