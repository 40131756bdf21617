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
from statistics import mean
from typing import Any
from unittest import mock

from aws_lambda_powertools import Logger

from benchmarks.answered_aws import AnsweredAws
from benchmarks.collect import ConstantWorkspace, nobody_asks
from benchmarks.formed.runs import Run
from benchmarks.formed.simulated import SHOP
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
from simulation.contents import LAKE, PROFILES, REJECTED, TIMELINE
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
    aws = AnsweredAws(NOW)
    aws.put(run.before)
    taken: defaultdict[str, list[float]] = defaultdict(list)
    with aws.connected(), _installed(aws):
        for function, at, event in run.given:
            if function not in HANDLERS:
                continue
            aws.at = at
            answering = aws.seconds
            began = time.thread_time()
            with redirect_stdout(io.StringIO()) as written, _logging_to(written):
                answer = HANDLERS[function](event, None)
            taken[function].append(time.thread_time() - began - (aws.seconds - answering))
            if answer and (answer.get("batchItemFailures") or answer.get("statusCode", 200) != 200):
                raise ValueError(f"{function} does not do what it did in the run: {answer}")
    return {function: mean(some[1:]) for function, some in taken.items()}


@contextmanager
def _installed(aws: AnsweredAws) -> Iterator[None]:
    """The handlers work on these adapters, by the account's clock."""
    process = Process(
        profiles=DynamoProfiles(PROFILES),
        timeline=DynamoTimeline(TIMELINE),
        rejected=DynamoRejected(REJECTED, "WorkspaceBucket"),
        bus=EventBridgeBus("headrace-prod"),
        dead_letters=SqsDeadLetters(aws.account.sqs["ProcessDeadLetters"].url, "WorkspaceBucket"),
        tries=DynamoFailedTries(REJECTED),
        workspace=CurrentWorkspace(FakeWorkspaces(SHOP), None, lambda: 0.0),
        clock=aws.now,
        savers=1,  # nobody waits for a network here
    )
    collect = Resources(
        workspace=ConstantWorkspace(),
        secrets=SourceSecrets(FakeSecrets(), time.monotonic),
        stream=KinesisStream("Stream"),
        rejected=lambda: FakeRejected(),
        quota=Quota(time.monotonic),
        lookups=nobody_asks,
        tee_queue=nobody_asks,
        clock=aws.now,
    )
    archive = Archive({}, RUNTIME)
    archive.delivery = FirehoseDelivery(stream=LAKE)
    with ExitStack() as patched:
        patched.enter_context(mock.patch.object(bootstrap, "resources", return_value=collect))
        patched.enter_context(mock.patch.object(process_handler, "process", return_value=process))
        patched.enter_context(mock.patch.object(archive_handler, "stage", return_value=archive))
        yield


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
