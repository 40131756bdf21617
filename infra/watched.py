"""The parts of the stack that people look at: by alarms, the dashboard, and the command."""

from __future__ import annotations

from typing import NamedTuple

from infra.archive import Archive
from infra.collect import Collect
from infra.lake import Lake
from infra.process import Process
from infra.send import Send
from infra.stream import Stream
from infra.sweep import Sweep
from infra.tables import Tables
from infra.tee import Tee


class Watched(NamedTuple):
    collect: Collect
    stream: Stream
    process: Process
    sweep: Sweep
    send: Send
    archive: Archive
    tee: Tee
    lake: Lake
    tables: Tables
