"""Loaded by every Python that starts under a shifted clock (`tests/suites.py`), before anything else.

CPython sleeps until a time of the monotonic clock, which libfaketime 0.9.10 takes for one of the shifted clock and
refuses with EINVAL. `select` is told how long instead.
"""

import os
import select
import time
from typing import SupportsIndex


def sleep(seconds: float | SupportsIndex, /) -> None:
    select.select((), (), (), float(seconds))


if "FAKETIME" in os.environ:
    time.sleep = sleep
