"""One AWS account in memory, everything deterministic: the clients' requests in, what AWS would answer out."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from simulation.aws import requests
from simulation.aws.answers import answered, failed
from simulation.aws.behaviour import CALM, Behaviour
from simulation.aws.calls import Answer, AwsError, Call, Clock, Failure, Interceptor, Listener, Service
from simulation.aws.connections import connected
from simulation.aws.dynamodb.tables import Tables
from simulation.aws.events.bus import Buses
from simulation.aws.firehose import DeliveryStreams
from simulation.aws.functions import Function, Functions
from simulation.aws.kinesis.streams import Streams
from simulation.aws.logs import Logs
from simulation.aws.s3.buckets import Buckets
from simulation.aws.secrets import Secrets
from simulation.aws.ses import Mail
from simulation.aws.sns import Notifications
from simulation.aws.sqs.queues import Queues


class Account:
    """`draw` decides all that AWS leaves open. `interceptors` come around every attempt of every call, in their order.
    `sleep` is what the clients do between attempts."""

    def __init__(
        self,
        clock: Clock,
        draw: random.Random,
        interceptors: Iterable[Interceptor] = (),
        *,
        behaviour: Behaviour = CALM,
        sleep: Callable[[float], None] = lambda _: None,
    ) -> None:
        self.clock, self.interceptors, self.behaviour = clock, list(interceptors), behaviour
        self.listener: Listener | None = None
        """Sees each call that has an effect, and what it is answered."""
        self._draw, self._sleep, self._lock = draw, sleep, threading.RLock()

        def now() -> float:
            return clock.now().timestamp()

        untaken = self._untaken
        self.dynamodb = Tables(now=now, draw=draw, behaviour=behaviour, untaken=untaken)
        self.kinesis = Streams(now=now, draw=draw, behaviour=behaviour, untaken=untaken)
        self.sqs = Queues(now=now, draw=draw, behaviour=behaviour, untaken=untaken)
        self.events = Buses(now=now, draw=draw, untaken=untaken, queues=self.sqs)
        self.s3 = Buckets(now=now)
        self.firehose = DeliveryStreams(now=now, draw=draw, behaviour=behaviour, untaken=untaken)
        self.secrets = Secrets(draw=draw)
        self.ses = Mail(now=now, draw=draw)
        self.sns = Notifications(now=now, draw=draw)
        self.logs = Logs()
        self._functions = Functions()
        self._services: dict[str, Service] = {
            "dynamodb": self.dynamodb,
            "kinesis": self.kinesis,
            "sqs": self.sqs,
            "events": self.events,
            "s3": self.s3,
            "firehose": self.firehose,
            "secretsmanager": self.secrets,
            "sesv2": self.ses,
            "sns": self.sns,
            "lambda": self._functions,
            "logs": self.logs,
        }

    @property
    def functions(self) -> Functions:
        return self._functions

    @property
    def invocations(self) -> dict[str, Function]:
        """What Lambda's Invoke calls, by the name of the function."""
        return self._functions.by_name

    def connected(self) -> AbstractContextManager[None]:
        """Let the process's clients (`shared.aws.clients`) talk to this account."""
        return connected(self.answer, self._draw, self._sleep)

    def answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        """Listens to `before-send`, so that nothing is sent."""
        call = requests.read(request)
        for one in self.interceptors:
            failure = one.before(call)
            if failure is not None:
                if not failure.status:
                    raise ConnectTimeoutError(endpoint_url=request.url)
                return _failed(request, call, failure)
        try:
            if call.service == "lambda":  # the function may call others
                said = self._functions.answer(call)
            else:
                with self._lock:
                    said = self._serve(call)
        except AwsError as error:
            return failed(request, call, error.code, error.status, error.message, error.fields)
        for one in self.interceptors:
            failure = one.after(call, said)
            if failure is not None:
                if not failure.status:
                    raise ReadTimeoutError(endpoint_url=request.url)
                return _failed(request, call, failure)
        return answered(request, call, said, self.clock.now())

    def _serve(self, call: Call) -> Answer:
        answer = self._services[call.service].answer
        return answer(call) if self.listener is None else self.listener.around(call, answer)

    def _untaken(self, call: Call, count: int) -> Collection[int]:
        if not self.interceptors:
            return ()
        return frozenset(at for one in self.interceptors for at in one.take(call, count))


def _failed(request: AWSPreparedRequest, call: Call, failure: Failure) -> AWSResponse:
    return failed(request, call, failure.code, failure.status, failure.message)
