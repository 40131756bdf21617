"""The real handlers on metered AWS, with a clock of their own, and what each of them wrote and took."""

from __future__ import annotations

import io
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from unittest import mock

import orjson
from aws_lambda_powertools import Logger, Metrics

from benchmarks.collect import ConstantWorkspace, gateway_event, nobody_asks
from benchmarks.metered_aws import MeteredAws
from benchmarks.process import NOW, WORKSPACE
from functions.archive import batches
from functions.archive import handler as archive_handler
from functions.archive.bootstrap import Archive
from functions.collect import bootstrap, telemetry
from functions.collect import handler as collect_handler
from functions.collect.auth.quota import Quota
from functions.collect.auth.source_secrets import SourceSecrets
from functions.collect.work import Resources
from functions.process import batch
from functions.process import handler as process_handler
from functions.process.batch import Process
from shared.aws.queues.dead_letters import SqsDeadLetters
from shared.aws.runtime import RUNTIME
from shared.aws.streams.bus import EventBridgeBus
from shared.aws.streams.delivery import FirehoseDelivery
from shared.aws.streams.stream import KinesisStream
from shared.aws.tables.failed_tries import DynamoFailedTries
from shared.aws.tables.profiles import DynamoProfiles
from shared.aws.tables.rejected import DynamoRejected
from shared.aws.tables.timeline import DynamoTimeline
from shared.ledger.lines import LEDGER, PUT
from shared.stored.current_workspace import CurrentWorkspace
from simulation.ports.rejected import FakeRejected
from simulation.ports.secrets import FakeSecrets
from simulation.ports.workspaces import FakeWorkspaces

TRACE = {"_X_AMZN_TRACE_ID": "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=0"}
"""Lambda sets it for every invocation, and it stands in each line of the log."""

LOG_EVENT = 26
"""Bytes that CloudWatch adds to each line: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html"""

METRICS: dict[str, Metrics] = {
    "process": process_handler.metrics,
    "archive": archive_handler.metrics,
}

Answer = TypeVar("Answer")


@dataclass(slots=True)
class Work:
    """What one function did: how often it was called, bytes in its log, seconds of CPU, calls to AWS."""

    invocations: int = 0
    log_bytes: int = 0
    cpu_seconds: float = 0.0
    aws_calls: int = 0


class Stages:
    """`now` is what every clock shows."""

    def __init__(self, aws: MeteredAws) -> None:
        self.aws = aws
        self.now = NOW
        self.metrics: set[tuple[str, ...]] = set()
        """Those that were written: their dimensions and name."""
        self.work = {"collect": Work(), "process": Work(), "archive": Work()}
        self.ports = Process(
            profiles=DynamoProfiles("profiles"),
            timeline=DynamoTimeline("timeline"),
            rejected=DynamoRejected("rejected", "bucket"),
            bus=EventBridgeBus("bus"),
            dead_letters=SqsDeadLetters("https://sqs.us-east-1.amazonaws.com/1/dead-letters", "bucket"),
            tries=DynamoFailedTries("rejected"),
            workspace=CurrentWorkspace(FakeWorkspaces(WORKSPACE), None, lambda: 0.0),
            clock=lambda: self.now,
            savers=1,  # nobody waits for a network here
        )
        self._resources = Resources(
            workspace=ConstantWorkspace(),
            secrets=SourceSecrets(FakeSecrets(), time.monotonic),
            stream=KinesisStream("stream"),
            rejected=lambda: FakeRejected(),
            quota=Quota(time.monotonic),
            lookups=nobody_asks,
            tee_queue=nobody_asks,
            clock=lambda: self.now,
        )
        self._delivery = FirehoseDelivery(stream="lake")

    def at(self, second: float) -> datetime:
        self.now = NOW + timedelta(milliseconds=round(second * 1000))
        return self.now

    def collect(self, body: bytes) -> None:
        answer = self._metered("collect", lambda: collect_handler.lambda_handler(gateway_event(body), None))
        if answer["statusCode"] != 200:
            raise ValueError(f"the load is not what it is meant to be: {answer}")

    def process(self, records: list[dict[str, Any]]) -> None:
        self._metered("process", lambda: process_handler.lambda_handler({"Records": records}, None))

    def archive(self, messages: list[dict[str, Any]]) -> None:
        answer = self._metered("archive", lambda: archive_handler.lambda_handler({"Records": messages}, None))
        if answer["batchItemFailures"]:
            raise ValueError("rows stayed behind")

    @contextmanager
    def installed(self) -> Iterator[None]:
        """The handlers use these stages, and their metrics and logs are written as on Lambda."""
        with ExitStack() as patched:
            patched.enter_context(mock.patch.dict(os.environ, TRACE))
            patched.enter_context(mock.patch.object(bootstrap, "resources", return_value=self._resources))
            patched.enter_context(mock.patch.object(process_handler, "process", return_value=self.ports))
            archive = Archive({}, RUNTIME)
            archive.delivery = self._delivery
            patched.enter_context(mock.patch.object(archive_handler, "stage", return_value=archive))
            patched.enter_context(mock.patch.object(telemetry, "NAMESPACE", "Headrace/prod"))
            for name, metrics in METRICS.items():
                named = mock.patch.multiple(metrics.provider, namespace="Headrace/prod", service=name)
                patched.enter_context(named)
            yield

    def _metered(self, name: str, call: Callable[[], Answer]) -> Answer:
        work, written = self.work[name], io.StringIO()
        calls, metering = self.aws.usage.aws_calls, self.aws.usage.seconds
        began = time.thread_time()
        with redirect_stdout(written), _logging_to(written):
            answer = call()
        work.cpu_seconds += time.thread_time() - began - (self.aws.usage.seconds - metering)
        lines = written.getvalue().splitlines()
        self.metrics.update(metric for line in lines for metric in _metrics(line))
        work.invocations += 1
        work.log_bytes += sum(len(line.encode()) + LOG_EVENT - _of_the_ledger(line) for line in lines)
        work.aws_calls += self.aws.usage.aws_calls - calls
        return answer


def _of_the_ledger(line: str) -> int:
    """Bytes that the cost reckons apart, as they go by records: `cli.cost.ledger`."""
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


@contextmanager
def _logging_to(written: io.StringIO) -> Iterator[None]:
    """Loggers kept the output that there was when they were made."""
    loggers: tuple[Logger, ...] = (batch.logger, batches.logger)
    streams = [
        handler
        for logger in loggers
        for handler in logger.handlers
        if isinstance(handler, logging.StreamHandler)
    ]
    before = [handler.setStream(written) for handler in streams]
    try:
        yield
    finally:
        for handler, stream in zip(streams, before, strict=True):
            handler.setStream(stream or handler.stream)
