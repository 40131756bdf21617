"""The process's clients, made once and lent to one account after another. They sign nothing, and their pauses between
attempts are the account's: no real time passes. Its seed draws the pauses, and the tokens of calls.
"""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore import UNSIGNED
from botocore.retries import quota, standard

from shared.aws import clients
from simulation.aws import direct_calls
from simulation.aws.direct_calls import DirectCalls, Rules

SERVICES = (
    "dynamodb", "kinesis", "sqs", "events", "s3", "firehose", "secretsmanager", "sesv2", "sns", "lambda",
    "logs",
)  # fmt: skip
OTHERS = ("athena", "cloudformation", "cloudwatch", "glue", "sts")

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "simulated",
    "AWS_SECRET_ACCESS_KEY": "simulated",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
}

Sleep = Callable[[float], None]
Answering = Callable[..., Any]

_made: dict[str, Any] = {}


@contextmanager
def connected(answer: Answering, draw: random.Random, sleep: Sleep) -> Iterator[None]:
    """Let `answer` answer what the process's clients send. Those that it had are forgotten."""
    before = {name: os.environ.get(name) for name in ENVIRONMENT}
    os.environ |= ENVIRONMENT
    try:
        clients.forget()
        made = clients_by_service()
        attached = [_Attached(service, made[service], answer, draw, sleep) for service in SERVICES]
        clients.use(made)
        try:
            yield
        finally:
            for one in attached:
                one.detach()
            clients.forget()
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def clients_by_service() -> dict[str, Any]:
    """Those that are lent, and what says of others that they are not simulated."""
    if not _made:
        ours: tuple[Any, ...] = SERVICES  # the stubs have an overload for each
        for service in ours:
            made: Any = clients.client(service)
            made.meta.events.register("choose-signer", _unsigned)
            _made[service] = made
        _made["dynamodb"]._request_signer = _Unsigned()
        _made.update({service: _NotSimulated(service) for service in OTHERS})
    return dict(_made)


class _Unsigned:
    """What `shared.aws.dynamodb_requests` has its requests signed by."""

    def get_auth_instance(self, *_: object) -> _Unsigned:
        return self

    def headers_to_sign(self, _: object) -> dict[str, str]:
        return {}

    def add_auth(self, request: object) -> None:
        """As it is: nobody looks at signatures."""


def _unsigned(**_: object) -> Any:
    return UNSIGNED


class _Attached:
    """A client, while an account answers it: botocore's own rules of retrying, without its sleep and its randomness,
    and with a full budget of retries."""

    def __init__(
        self, service: str, client: Any, answer: Answering, draw: random.Random, sleep: Sleep
    ) -> None:
        self._events, self._answer, self._sleep = client.meta.events, answer, sleep
        self._id = f"retry-config-{client.meta.service_model.service_id.hyphenize()}"
        self._name = client.meta.service_model.service_id.hyphenize()
        self._budget = standard.RetryQuotaChecker(quota.RetryQuota())
        attempts = clients.config(service).retries["total_max_attempts"]  # type: ignore[attr-defined]
        handler: Any = standard.RetryHandler  # its stubs ask for another class than it uses
        self._handler = handler(
            retry_policy=standard.RetryPolicy(
                retry_checker=standard.StandardRetryConditions(max_attempts=attempts),
                retry_backoff=standard.ExponentialBackoff(random=draw.random),
            ),
            retry_event_adapter=standard.RetryEventAdapter(),
            retry_quota=self._budget,
        )
        self._draw = draw
        self._direct = self._directly(client) if service in direct_calls.SERVICES else None
        if self._direct is not None:
            self._direct.attach()
            self._events.register("before-send", self._answer)  # of `shared.aws.dynamodb_requests`
        else:
            self._listen()

    def _directly(self, client: Any) -> DirectCalls:
        rules = Rules(self._give_token, self._needs_retry, self._budget.release_retry_quota)
        return DirectCalls(client, self._answer, rules)

    def _listen(self) -> None:
        self._events.unregister(f"needs-retry.{self._name}", unique_id=self._id)
        self._events.register(f"needs-retry.{self._name}", self._needs_retry, unique_id=self._id)
        self._events.register(f"after-call.{self._name}", self._budget.release_retry_quota)
        self._events.register(f"before-parameter-build.{self._name}", self._give_token)
        self._events.register("before-send", self._answer)

    def detach(self) -> None:
        if self._direct is not None:
            self._direct.detach()
        self._events.unregister("before-send", self._answer)
        if self._direct is not None:
            return
        self._events.unregister(f"after-call.{self._name}", self._budget.release_retry_quota)
        self._events.unregister(f"before-parameter-build.{self._name}", self._give_token)

    def _give_token(self, params: dict[str, Any], model: Any, **_: object) -> None:
        """The token by which AWS knows a call again; botocore would make up one that no seed gives."""
        for name in model.idempotent_members:
            params.setdefault(name, str(uuid.UUID(int=self._draw.getrandbits(128), version=4)))

    def _needs_retry(self, **kwargs: Any) -> int | None:
        pause: float | None = self._handler.needs_retry(**kwargs)
        if pause is None:
            return None
        self._sleep(pause)
        return 0


class _NotSimulated:
    """Stands where a client of another service would: a call of it must not leave the process."""

    def __init__(self, service: str) -> None:
        self._service = service

    def __getattr__(self, name: str) -> Any:
        raise NotImplementedError(f"{self._service}: {name} is not simulated")
