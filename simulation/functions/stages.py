"""The real handlers on their real adapters, put together for one execution environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools import Metrics

from functions.archive import handler as archive
from functions.archive.bootstrap import Archive
from functions.collect import handler as collect
from functions.collect.bootstrap import Collecting
from functions.collect.definitions import handler as define
from functions.collect.environment import Environment as CollectEnvironment
from functions.process import handler as process
from functions.process.bootstrap import process_of
from functions.process.environment import Environment as ProcessEnvironment
from functions.send import handler as send
from functions.send.bootstrap import sending_of
from functions.send.channels.channel import MakeClient
from functions.send.environment import Environment as SendEnvironment
from functions.sweep import handler as sweep
from functions.sweep.bootstrap import sweep_of
from functions.tee import handler as tee
from functions.tee.bootstrap import forwarding_of
from functions.tee.environment import Environment as TeeEnvironment
from functions.tee.forwarding import Vendor
from functions.watch import handler as watch
from functions.watch.environment import Environment as WatchEnvironment
from shared.aws.queues.request_dead_letters import SqsRequestDeadLetters
from shared.aws.queues.request_queue import SqsRequestQueue
from shared.ports.runtime import Runtime
from simulation.functions.function import Handler
from simulation.functions.invocation import Context

NAMESPACE = "Headrace"
"""Of metrics, which CloudWatch would have from the environment of the function's process."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Whoever stages call by HTTPS: the webhooks of the workspace, and the vendors of its tees."""

    web: MakeClient
    vendor: Vendor


Make = Callable[[Mapping[str, str], Runtime, Outside], Handler]


def _collect(values: Mapping[str, str], runtime: Runtime, _: Outside) -> Handler:
    resources = cache(Collecting(CollectEnvironment.read(values), runtime).resources)
    return lambda event, _: collect.handle(event, resources)


def _define(values: Mapping[str, str], runtime: Runtime, _: Outside) -> Handler:
    return lambda event, _: define.handle(event, values, runtime)


def _process(values: Mapping[str, str], runtime: Runtime, _: Outside) -> Handler:
    stage = process_of(ProcessEnvironment.read(values), runtime)
    return _metered(process.metrics, lambda event, _: process.handle(event, stage))


def _archive(values: Mapping[str, str], runtime: Runtime, _: Outside) -> Handler:
    stage = Archive(values, runtime)
    return _metered(archive.metrics, lambda event, _: archive.handle(event, stage))


def _send(values: Mapping[str, str], runtime: Runtime, outside: Outside) -> Handler:
    names = SendEnvironment.read(values)
    stage = sending_of(names, runtime, outside.web)
    queue = SqsRequestQueue(names.queue_url, runtime.pause)
    letters = SqsRequestDeadLetters(names.dead_letters_url, runtime.pause)
    return _metered(send.metrics, lambda event, context: send.handle(event, context, stage, queue, letters))


def _tee(values: Mapping[str, str], runtime: Runtime, outside: Outside) -> Handler:
    names = TeeEnvironment.read(values)
    stage = forwarding_of(names, runtime, outside.vendor)
    queue = SqsRequestQueue(names.queue_url, runtime.pause)
    return _metered(
        tee.metrics, lambda event, context: tee.handle(event, context, stage, queue, names.attempts)
    )


def _sweep(values: Mapping[str, str], runtime: Runtime, _: Outside) -> Handler:
    stage = sweep_of(values, runtime)
    return _named(sweep.metrics, lambda _event, _context: sweep.handle(stage, runtime.now()))


def _watch(values: Mapping[str, str], runtime: Runtime, _: Outside) -> Handler:
    names = WatchEnvironment.read(values)
    return _named(watch.metrics, lambda _event, _context: watch.handle(names, runtime.now()))


def _metered(metrics: Metrics, handle: Handler) -> Handler:
    """Handlers add their metrics after their last call to AWS, and here they are written at once: those of two
    invocations do not mix."""

    return _named(metrics, lambda event, context: metrics.log_metrics(handle)(event, context))


def _named(metrics: Metrics, handle: Handler) -> Handler:
    def named(event: Any, context: Context) -> Any:
        metrics.provider.namespace = NAMESPACE
        return handle(event, context)

    return named


BY_HANDLER: Mapping[str, Make] = {
    "functions.archive.handler.lambda_handler": _archive,
    "functions.collect.definitions.handler.lambda_handler": _define,
    "functions.collect.handler.lambda_handler": _collect,
    "functions.process.handler.lambda_handler": _process,
    "functions.send.handler.lambda_handler": _send,
    "functions.sweep.handler.lambda_handler": _sweep,
    "functions.tee.handler.lambda_handler": _tee,
    "functions.watch.handler.lambda_handler": _watch,
}
"""By the function's `Handler`, as the stack has it. Whom a person calls by hand, `replay`, is not among them."""
