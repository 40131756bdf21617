"""Whose credentials these are, and where calls go: what to know before anything is deployed."""

from __future__ import annotations

from typing import NamedTuple

from shared.aws.clients import client, unavailable_when_failing
from shared.ports import Unavailable

EVERYWHERE = "aws-global"
"""What botocore takes for STS, alone of the services used here, when it knows no region."""


class Caller(NamedTuple):
    account: str
    region: str
    arn: str
    """The user or role."""


def region() -> str | None:
    """The one that calls go to, if that is said anywhere. Asks nobody. Raises Unavailable for a profile that is not
    there."""
    with unavailable_when_failing():
        name = client("sts").meta.region_name
    return None if name in (None, EVERYWHERE) else name


def caller() -> Caller:
    """Needs no permission. Raises Unavailable: no region, no such profile, no credentials, or expired ones."""
    with unavailable_when_failing():
        found = region()
        if found is None:
            raise Unavailable("no region is set")
        answer = client("sts").get_caller_identity()
        return Caller(answer["Account"], found, answer["Arn"])
