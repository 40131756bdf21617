"""What the handlers of a run take of a core: they are given again, in order, what the run's invocations were given.

Apart from the counts, because a simulated stack takes short cuts that a function in its account does not: here the
clients of AWS do all of their work, except for sockets and TLS. What answers them is taken off.
"""

from __future__ import annotations

import io
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from datetime import datetime
from statistics import mean
from typing import Any
from unittest import mock

from aws_lambda_powertools import Logger

from benchmarks.collect import ConstantWorkspace, nobody_asks
from benchmarks.formed.runs import SHOP, Run, Tables
from benchmarks.metered_aws import MeteredAws
from benchmarks.process import NOW
from functions.archive import batches
from functions.archive import handler as archive_handler
from functions.archive.bootstrap import Archive
from functions.collect import bootstrap
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
from shared.stored.current_workspace import CurrentWorkspace
from simulation.contents import PROFILES, TIMELINE
from simulation.ports.rejected import FakeRejected
from simulation.ports.secrets import FakeSecrets
from simulation.ports.workspaces import FakeWorkspaces

HANDLERS: dict[str, Callable[[Any, Any], Any]] = {
    "collect": collect_handler.lambda_handler,
    "process": process_handler.lambda_handler,
    "archive": archive_handler.lambda_handler,
}


def seconds(run: Run) -> dict[str, float]:
    """Of each function, the CPU seconds of an invocation, on average. The first one, which makes clients and loads
    modules, does not count."""
    aws = MeteredAws()
    aws.tables = _keyed(run.before)
    taken: defaultdict[str, list[float]] = defaultdict(list)
    with aws.connected(), _installed() as show:
        for function, at, event in run.given:
            if function not in HANDLERS:
                continue
            show(at)
            metering = aws.usage.seconds
            began = time.thread_time()
            with redirect_stdout(io.StringIO()) as written, _logging_to(written):
                answer = HANDLERS[function](event, None)
            taken[function].append(time.thread_time() - began - (aws.usage.seconds - metering))
            if answer and (answer.get("batchItemFailures") or answer.get("statusCode", 200) != 200):
                raise ValueError(f"{function} does not do what it did in the run: {answer}")
    return {function: mean(some[1:]) for function, some in taken.items()}


def _keyed(tables: Tables) -> dict[str, dict[str, Any]]:
    return {
        name: {f"{item['pk']['S']}\x00{item.get('sk', {'S': ''})['S']}": item for item in items}
        for name, items in tables.items()
    }


@contextmanager
def _installed() -> Iterator[Callable[[datetime], None]]:
    """The handlers work on these adapters. What it gives sets what their clocks show."""
    shown = [NOW]

    def clock() -> datetime:
        return shown[0]

    process = Process(
        profiles=DynamoProfiles(PROFILES),
        timeline=DynamoTimeline(TIMELINE),
        rejected=DynamoRejected("rejected", "bucket"),
        bus=EventBridgeBus("bus"),
        dead_letters=SqsDeadLetters("https://sqs.us-east-1.amazonaws.com/1/dead-letters", "bucket"),
        tries=DynamoFailedTries("rejected"),
        workspace=CurrentWorkspace(FakeWorkspaces(SHOP), None, lambda: 0.0),
        clock=clock,
        savers=1,  # nobody waits for a network here
    )
    collect = Resources(
        workspace=ConstantWorkspace(),
        secrets=SourceSecrets(FakeSecrets(), time.monotonic),
        stream=KinesisStream("stream"),
        rejected=lambda: FakeRejected(),
        quota=Quota(time.monotonic),
        lookups=nobody_asks,
        tee_queue=nobody_asks,
        clock=clock,
    )
    archive = Archive({}, RUNTIME)
    archive.delivery = FirehoseDelivery(stream="lake")
    with ExitStack() as patched:
        patched.enter_context(mock.patch.object(bootstrap, "resources", return_value=collect))
        patched.enter_context(mock.patch.object(process_handler, "process", return_value=process))
        patched.enter_context(mock.patch.object(archive_handler, "stage", return_value=archive))
        yield lambda at: shown.__setitem__(0, at)


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
