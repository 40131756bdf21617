"""One line per request, which is the log and the metrics at once (CloudWatch's embedded metric format).

It names the source, counts, and codes; never a person, nor what was sent. `doctor`: who was refused says it is
`headrace doctor`, whose probes may be; anybody may say so. `steps` are the milliseconds of each step of the pipeline,
for a request that took long. The counts are metrics, the rest can be searched for in the log.

The line is the one that Powertools writes in the other stages. It is written without it here: to import Powertools is
3 % of a cold start, and one line by it takes as long as everything else that is done for a request of one event.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Mapping, Sequence

import orjson

from functions.collect.http.report import milliseconds
from functions.collect.http.request import Request
from functions.collect.http.responses import Response
from shared.events import DOCTOR
from shared.ledger import places
from shared.ledger.places import Place

SLOW_SECONDS = 1.0
"""From which on the line says what each step took: more on every line would be paid for by the byte."""

NAMESPACE = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Headrace")
SERVICE = os.environ.get("POWERTOOLS_SERVICE_NAME", "collect")
"""The metrics' one dimension."""


def report(
    request: Request | None, response: Response, seconds: float, written: Sequence[Place] = ()
) -> None:
    """`written`: where the request's records stand on the stream, however it was answered. The ledger reads it."""
    counts: dict[str, float] = {"collect_requests": 1}
    said: dict[str, object] = {"status": response.status, "milliseconds": round(seconds * 1000, 2)}
    if request is not None:
        said["method"] = request.method
        if response.status >= 400 and request.headers.get("user-agent") == DOCTOR:
            said["doctor"] = True
    if response.code is not None:
        said["code"] = response.code
    if (of := response.report) is not None:
        said |= {"protocol": of.protocol, "call": of.call, "source": of.source, "workspace": of.workspace}
        said |= {"bytes": of.bytes, "records": of.records}
        if seconds >= SLOW_SECONDS and of.steps:
            said["steps"] = milliseconds(of.steps, of.times)
        counts |= {"collect_received": of.received, "collect_accepted": of.accepted}
        counts |= {
            "collect_rejected": sum(of.rejected.values()),
            "collect_observed": sum(of.observed.values()),
        }
        counts |= {f"collect_rejected_{code}": count for code, count in of.rejected.items()}
        counts |= {f"collect_observed_{code}": count for code, count in of.observed.items()}
    if response.status >= 500:
        counts["collect_unavailable"] = 1
    if written:
        said["put"] = places.written(written)
    _write(counts, said)


def _write(counts: Mapping[str, float], said: Mapping[str, object]) -> None:
    metrics = [{"Name": name, "Unit": "Count"} for name in counts]
    of_service = {"Namespace": NAMESPACE, "Dimensions": [["service"]], "Metrics": metrics}
    line = {
        "_aws": {"Timestamp": time.time_ns() // 1_000_000, "CloudWatchMetrics": [of_service]},
        "service": SERVICE,
        **said,
        **{name: [float(count)] for name, count in counts.items()},
    }
    print(orjson.dumps(line).decode())


def bug(error: Exception) -> None:
    """Where it happened. Not the message: it may quote what a client sent."""
    from aws_lambda_powertools import Logger  # for what never happens

    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    Logger().error("unexpected error", extra={"error": type(error).__name__, "where": where})
