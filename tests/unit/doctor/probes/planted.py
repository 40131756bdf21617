"""Causes planted in a stack on fakes, and what each probe finds of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cli.doctor import bodies, requests, stages
from cli.doctor.examination import TEXT, Probe
from cli.doctor.finding import Finding
from cli.doctor.running import examine
from tests.fakes.collect_stage import SHOP
from tests.fakes.examined_stack import ExaminedStack, examination

THROUGH_THE_STACK = [*bodies.probes(), *requests.probes(), *stages.probes(with_message=True)]


def named(name: str) -> Probe:
    """The probe of that name, of those that send something through the stack."""
    [found] = [probe for probe in THROUGH_THE_STACK if probe.name == name]
    return found


def found_by(name: str, stack: ExaminedStack, **changed: Any) -> Finding:
    """What one probe finds in a stack."""
    with examination(stack, **changed) as examined:
        [one] = examine([named(name)], examined)
    return one.finding


def everything_destroyed(_method: str, _path: str, body: bytes, _headers: Mapping[str, str]) -> bytes:
    """Bytes read as text and written again, as an API does that knows no binary type."""
    return body.decode("utf-8", "replace").encode()


def answering(status: int, method: str | None = None, **headers: str) -> Callable[..., Any]:
    """Something in front that answers itself."""

    def front(asked: str, _path: str, body: bytes, _headers: Mapping[str, str]) -> Any:
        if method not in (None, asked):
            return body
        return {
            "statusCode": status,
            "headers": headers,
            "body": '{"message": "no"}',
            "isBase64Encoded": False,
        }

    return front


def everything_found(
    stack: ExaminedStack, plant: Callable[[ExaminedStack], None] = lambda _: None, **changed: Any
) -> dict[str, Finding]:
    """By probe, with a fault that is planted once the stack is there."""
    with examination(stack, **changed) as examined:
        plant(stack)
        return {one.probe: one.finding for one in examine(THROUGH_THE_STACK, examined)}


def unknown_key(stack: ExaminedStack) -> None:
    """A workspace that lacks the doctor's source."""
    stack.apply(SHOP)


def altered(stack: ExaminedStack) -> None:
    """Events come through with their text garbled."""
    stack.altering = TEXT.encode().decode("latin-1")


def nothing_processed(stack: ExaminedStack) -> None:
    """The stream takes events, and nobody reads it."""
    stack.processing = False


def refused(stack: ExaminedStack) -> None:
    """Something in front refuses everybody."""
    stack.front = answering(403)


def throttled(stack: ExaminedStack) -> None:
    """Something in front turns everybody away for now."""
    stack.front = answering(429)
