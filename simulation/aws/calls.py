"""A call to AWS, and who may come between it and its effect: faults, crashes, other programs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

ACCOUNT, REGION = "123456789012", "us-east-1"


class Clock(Protocol):
    def now(self) -> datetime:
        """The virtual time, in UTC."""


class Call(NamedTuple):
    """`operation` is AWS's name of it (`PutItem`). `asked` is the request as it is on the wire: bytes are base64 in
    JSON protocols. `size` is that of its body in bytes."""

    service: str
    operation: str
    asked: dict[str, Any]
    size: int = 0


class Failure(NamedTuple):
    """An error that is answered. With status 0 there is no answer: no connection before the effect, a time-out after
    it."""

    code: str
    status: int = 400
    message: str = ""


class Interceptor(Protocol):
    """Asked around every attempt of every call."""

    def before(self, call: Call) -> Failure | None:
        """May raise, or answer an error: the call has no effect then."""

    def after(self, call: Call, answer: Mapping[str, Any]) -> Failure | None:
        """The call has had its effect. May raise, or answer an error in place of its answer."""

    def take(self, call: Call, count: int) -> Collection[int]:
        """The positions of a batch call's items that are not taken, though the call succeeds. Of a transaction: the
        items that another one is writing."""


class Untouched:
    """An interceptor that lets every call pass, to derive others from."""

    def before(self, call: Call) -> Failure | None:  # noqa: ARG002
        return None

    def after(self, call: Call, answer: Mapping[str, Any]) -> Failure | None:  # noqa: ARG002
        return None

    def take(self, call: Call, count: int) -> Collection[int]:  # noqa: ARG002
        return ()


class AwsError(Exception):
    """An error of a service's own. `fields` go into its answer beside the code and the message."""

    def __init__(self, code: str, message: str = "", status: int = 400, **fields: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status, self.fields = code, message, status, fields


Untaken = Callable[[Call, int], Collection[int]]
"""What the interceptors say together to `take`."""

Answer = dict[str, Any]


class Listener(Protocol):
    def around(self, call: Call, serve: Callable[[Call], Answer]) -> Answer:
        """Serve the call, once, and give its answer. Nothing else happens meanwhile. What it raises is raised."""


class Service(Protocol):
    def answer(self, call: Call) -> Answer:
        """Do what is asked. Raises AwsError, and NotImplementedError for what no adapter of ours asks."""


def only(call: Call, known: frozenset[str]) -> None:
    """Raise NotImplementedError if the call has parameters that would be ignored."""
    unknown = call.asked.keys() - known
    if unknown:
        raise NotImplementedError(f"{call.service}: {call.operation} with {', '.join(sorted(unknown))}")


def unknown_operation(call: Call) -> NotImplementedError:
    return NotImplementedError(f"{call.service}: {call.operation} is not simulated")


def arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"
