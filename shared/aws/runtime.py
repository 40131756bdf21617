"""The process that a function runs in: `shared.ports.runtime.Runtime` with the computer's clock and randomness."""

from __future__ import annotations

import random
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from uuid_utils import uuid7

if TYPE_CHECKING:
    from concurrent.futures import Executor


def new_id() -> str:
    return str(uuid7())


def pause(most: float) -> None:
    time.sleep(random.uniform(0, most))


class ProcessRuntime:
    ticks = staticmethod(time.monotonic)
    sleep = staticmethod(time.sleep)
    pause = staticmethod(pause)
    draw = staticmethod(random.random)
    new_id = staticmethod(new_id)
    lock = staticmethod(threading.Lock)

    @staticmethod
    def now() -> datetime:
        return datetime.now(UTC)

    @staticmethod
    def threads(count: int) -> Executor:
        from concurrent.futures import ThreadPoolExecutor  # `collect` needs none

        return ThreadPoolExecutor(count)


RUNTIME = ProcessRuntime()
