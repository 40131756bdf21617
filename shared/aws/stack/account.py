"""The account, region and user of the current credentials, for a check before a deployment."""

from __future__ import annotations

from typing import NamedTuple

from shared.aws.clients import client, unavailable_when_failing
from shared.aws.region import region
from shared.failures import Unavailable


class Caller(NamedTuple):
    account: str
    region: str
    arn: str
    """The user or role."""


def caller() -> Caller:
    """The current caller. Needs no permission. Raises Unavailable if there is no region, profile or credentials, or if
    the credentials have expired."""
    with unavailable_when_failing():
        found = region()
        if found is None:
            raise Unavailable("no region is set")
        answer = client("sts").get_caller_identity()
        return Caller(answer["Account"], found, answer["Arn"])
