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


def caller() -> Caller:
    """Needs no permission. Raises Unavailable: no region, no such profile, no credentials, or expired ones."""
    with unavailable_when_failing():
        sts = client("sts")
        if sts.meta.region_name in (None, EVERYWHERE):
            raise Unavailable("no region is set")
        answer = sts.get_caller_identity()
        return Caller(answer["Account"], sts.meta.region_name, answer["Arn"])
