"""A file that says which process runs, and cannot be wrong: the process holds the file's lock for as long as it lives.

The kernel drops the lock with the process, however it ends, so a process id that was given to somebody else
since is never taken for ours.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 1.0
"""Seconds a new holder tries: a glance from `holder` holds the lock for a moment, too."""


class HeldByAnother(Exception):
    """Another process holds the lock."""


@contextmanager
def held(path: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock, with our process id in the file. Raises HeldByAnother after `patience` seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        deadline = time.monotonic() + patience
        while not _try_lock(file.fileno(), fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise HeldByAnother(path)
            time.sleep(0.02)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def holder(path: Path) -> int | None:
    """The process that holds the lock now, if any."""
    try:
        file = path.open()
    except FileNotFoundError:
        return None
    with file:
        while not _try_lock(file.fileno(), fcntl.LOCK_SH):
            file.seek(0)
            if text := file.read():
                return int(text)
            time.sleep(0.01)  # it has the lock and is about to write its id
        return None


def _try_lock(descriptor: int, mode: int) -> bool:
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
