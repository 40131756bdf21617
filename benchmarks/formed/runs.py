"""What a load was, and what became of it: the batches that were formed, what was billed, written and logged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from benchmarks.answered_aws import Tables
from cli.cost.traffic import Load
from shared.ledger.lines import LEDGER, PUT
from simulation.aws.dynamodb.values import Item
from simulation.billing.stack_meter import StackMeter


class Given(NamedTuple):
    """What an invocation of a function was given, and when."""

    function: str
    at: datetime
    event: Any


@dataclass(slots=True)
class Run:
    """`visits` says how many people had so many events in one batch of `process`. `given` is in order."""

    load: Load
    meter: StackMeter
    before: Tables
    requests: int = 0
    events: int = 0
    visits: Counter[int] = field(default_factory=Counter)
    given: list[Given] = field(default_factory=list)
    timeline: Sequence[Item] = ()
    delivered: Sequence[bytes] = ()

    def per_1000(self, count: float) -> float:
        return round(1000 * count / self.events, 1)

    def invocations(self, function: str) -> int:
        return round(self.meter.sum("invocations", by=function))

    def log_bytes(self, function: str) -> int:
        """Without what the cost reckons apart, as it goes by records: `ledger_bytes`."""
        return self.meter.log_bytes(function) - self.ledger_bytes(function)

    def ledger_bytes(self, function: str) -> int:
        return sum(
            _of_the_ledger(line)
            for one in self.meter.invocations
            if one.function == function
            for line in one.lines
        )

    @property
    def metrics(self) -> set[tuple[str, ...]]:
        """Those that were written: their dimensions and name."""
        return {metric for one in self.meter.invocations for line in one.lines for metric in _metrics(line)}


def _of_the_ledger(line: str) -> int:
    said = orjson.loads(line)
    part = {name: said[name] for name in (PUT, LEDGER) if name in said}
    return len(orjson.dumps(part)) if part else 0


def _metrics(line: str) -> Iterator[tuple[str, ...]]:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html"""
    said = orjson.loads(line)
    for of in said.get("_aws", {}).get("CloudWatchMetrics", []):
        for dimensions in of["Dimensions"]:
            for metric in of["Metrics"]:
                yield (*(str(said[name]) for name in dimensions), metric["Name"])
