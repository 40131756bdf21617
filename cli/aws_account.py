"""The account and the region that the `cdk` is let loose on: looked at, and said, before it takes its time."""

from __future__ import annotations

from cli.problem import Problem
from cli.stacks import AWS_ADVICE
from shared.aws.stack import account
from shared.aws.stack.account import Caller
from shared.ports.failures import Unavailable


def caller() -> Caller:
    """Raises Problem: no region, no such profile, no credentials, or expired ones."""
    try:
        return account.caller()
    except Unavailable as error:
        raise Problem(f"The AWS account or region cannot be determined: {error}", AWS_ADVICE) from error


def environment(of: Caller) -> dict[str, str]:
    """For the CDK, which looks for a region in more places than botocore: both shall mean the same one."""
    return {"AWS_REGION": of.region, "AWS_DEFAULT_REGION": of.region}
