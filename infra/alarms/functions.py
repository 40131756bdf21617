"""Functions that fail minute after minute."""

from __future__ import annotations

from collections.abc import Sequence

from infra.alarms.alarm_set import AlarmSet
from infra.metrics import MINUTE
from infra.python_function import PythonFunction


def watch_errors(alarms: AlarmSet, functions: Sequence[PythonFunction]) -> None:
    for made in functions:
        alarms.add(
            f"{made.name.title().replace('-', '')}Errors",
            made.function.metric_errors(period=MINUTE),
            "The function fails again and again; its log says why.",
            minutes=(3, 5),
        )
