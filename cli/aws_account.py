"""The account and region that the `cdk` will use, shown before it starts."""

from __future__ import annotations

from cli.problem import Problem
from cli.stacks import AWS_ADVICE
from shared.aws.stack import account
from shared.aws.stack.account import Caller
from shared.failures import Unavailable


def caller() -> Caller:
    """The current caller. Raises Problem if there is no region, profile or credentials, or if the credentials have
    expired."""
    try:
        return account.caller()
    except Unavailable as error:
        raise Problem(f"The AWS account or region cannot be determined: {error}", AWS_ADVICE) from error


def environment(of: Caller) -> dict[str, str]:
    """Environment variables for the CDK, which looks for a region in more places than botocore. Both must use the same
    one."""
    return {"AWS_REGION": of.region, "AWS_DEFAULT_REGION": of.region}
