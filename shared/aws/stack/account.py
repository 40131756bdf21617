"""Whose credentials these are, and where calls go: what to know before anything is deployed."""

from __future__ import annotations

from typing import NamedTuple

from shared.aws.clients import client, unavailable_when_failing
from shared.aws.region import region
from shared.ports.failures import Unavailable


class Caller(NamedTuple):
    account: str
    region: str
    arn: str
    """The user or role."""


def caller() -> Caller:
    """Needs no permission. Raises Unavailable: no region, no such profile, no credentials, or expired ones."""
    with unavailable_when_failing():
        found = region()
        if found is None:
            raise Unavailable("no region is set")
        answer = client("sts").get_caller_identity()
        return Caller(answer["Account"], found, answer["Arn"])
