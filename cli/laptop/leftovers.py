"""Processes that a killed emulator left: functions at work, which would call the next one, or a save half written."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cli.laptop.laptop import Laptop
from cli.laptop.pid_lock import holder

PROC = Path("/proc")
SECONDS = 5.0
"""To wait until they are gone."""


class Process(NamedTuple):
    id: int
    group: int
    command: str


def end(laptop: Laptop) -> int:
    """End those of the emulator that ran last, which must not run any more. How many there were.

    They are in its process group, and their command lines name a path in the laptop's directory: a group of that
    number that somebody else has by now is left alone.
    """
    group = _last_emulator(laptop)
    if group is None:
        return 0
    found = [process.id for process in _of(laptop, group)]
    for process in found:
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            continue
    deadline = time.monotonic() + SECONDS
    while _of(laptop, group) and time.monotonic() < deadline:
        time.sleep(0.02)
    return len(found)


def _last_emulator(laptop: Laptop) -> int | None:
    """The process that a kill left in the lock's file; a clean end leaves none."""
    if holder(laptop.lock) is not None:
        return None
    try:
        text = laptop.lock.read_text()
    except FileNotFoundError:
        return None
    return int(text) if text.isdecimal() else None


def _of(laptop: Laptop, group: int) -> list[Process]:
    of_the_laptop = re.compile(
        re.escape(str(laptop.directory)) + r"(/|\s|$)"
    )  # not of one with a longer name
    return [
        process
        for process in _processes()
        if process.group == group and process.id != os.getpid() and of_the_laptop.search(process.command)
    ]


def _processes() -> Iterator[Process]:
    """All that live. Without /proc, as on a Mac, `ps` knows."""
    if (PROC / "self" / "stat").exists():
        for folder in PROC.glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                group = os.getpgid(int(folder.name))
            except (OSError, ValueError):  # ended meanwhile
                continue
            yield Process(int(folder.name), group, command)  # a zombie has no command line
        return
    listed = subprocess.run(
        ["ps", "-axww", "-o", "pid=,pgid=,command="], capture_output=True, text=True, check=True
    )
    for line in listed.stdout.splitlines():
        process, leader, *rest = line.split(None, 2)
        yield Process(int(process), int(leader), " ".join(rest))
