"""What a function writes is logged with the invocation that wrote it, before whoever called it is answered.

The emulator reads a worker's output in a thread of its own, and takes what that has read some milliseconds after the
answer. On a busy machine the thread is late: the line came with the worker's next invocation, or never. A function
writes to a pipe, and answers after that, so that all of it is in the pipe by then and need not be waited for.
"""

from __future__ import annotations

import os
import queue
import select
import threading
from subprocess import Popen
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from ministack.core.lambda_runtime import ProvidedWorker, Worker

AT_ONCE = 65_536
"""Bytes: what a pipe holds."""

ENDS_WITHIN = 1.0
"""Seconds in which the thread reads the rest of a worker that has ended, unless a child of it goes on writing."""

Lines = queue.Queue[str]

_turn = threading.Lock()
_begun: WeakKeyDictionary[Lines, bytes] = WeakKeyDictionary()
"""The beginning of a line, of which the rest is not written yet."""


class HasOutput(Protocol):
    """Of the emulator's workers, what is looked at here. Each process of a worker has a queue of its own."""

    _proc: Popen[str] | None
    _stderr_queue: Lines
    _stderr_thread: threading.Thread | None


def correct() -> None:
    """Workers that the emulator gives their events by HTTP merge their output, and keep its way."""
    wait = Worker._drain_stderr_bounded

    def drain(worker: Any, *waits: Any, **more: Any) -> str:
        return wait(worker, *waits, **more) if isinstance(worker, ProvidedWorker) else taken(worker)

    if ProvidedWorker._read_stderr is not Worker._read_stderr:
        raise TypeError("the emulator reads output in another way")
    Worker._read_stderr = keep_reading
    Worker._drain_stderr_bounded = drain


def keep_reading(worker: HasOutput) -> None:
    """Until the process ends: it must not wait for room in the pipe. In a thread."""
    process, lines = worker._proc, worker._stderr_queue
    if process is None or process.stderr is None:
        return
    output = process.stderr.fileno()
    os.set_blocking(output, False)
    ready = select.poll()  # unlike `select`, it takes descriptors over 1,023 too
    ready.register(output, select.POLLIN)
    read: int | None = None
    while read != 0:
        ready.poll()
        with _turn:
            read = _read(output, lines)


def taken(worker: HasOutput) -> str:
    """All that was written, whether the thread has read it or not."""
    process = worker._proc
    if process is not None and process.stderr is not None:
        output = process.stderr.fileno()
        os.set_blocking(output, False)
        with _turn:
            while _read(output, worker._stderr_queue):
                pass
    elif worker._stderr_thread is not None:
        worker._stderr_thread.join(ENDS_WITHIN)
    found = []
    while not worker._stderr_queue.empty():
        found.append(worker._stderr_queue.get())
    return "\n".join(found)


def _read(output: int, lines: Lines) -> int | None:
    """From the pipe to the queue. How many bytes: 0 at its end, None if there are none now."""
    try:
        part = os.read(output, AT_ONCE)
    except BlockingIOError:
        return None
    *whole, rest = (_begun.pop(lines, b"") + part).split(b"\n")
    if part:
        _begun[lines] = rest
    elif rest:
        whole.append(rest)
    for line in whole:
        lines.put(line.decode(errors="replace"))
    return len(part)
