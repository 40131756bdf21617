"""Check that resources named by ARN are in the stack's region, and most of them in its account.

Otherwise CloudFormation would fail in the middle of a deployment and roll it back.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple, Self


class Where(NamedTuple):
    """The account and region of a stack, as far as they are known."""

    region: str | None = None
    account: str | None = None

    @classmethod
    def of_the_cdk(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """From the `cdk` command's environment. Without credentials it has a region too, which may be wrong."""
        account = environment.get("CDK_DEFAULT_ACCOUNT")
        return cls(environment.get("CDK_DEFAULT_REGION"), account) if account else cls()

    def refuses(self, arn: str, *, of_any_account: bool = False) -> str | None:
        """Why a resource with this ARN cannot be used, as the end of a sentence; None if it can."""
        _, _, _, region, account, *_ = arn.split(":")
        if self.region and region and region != self.region:
            return f"is in {region}, and the stack goes to {self.region}"
        if self.account and account and account != self.account and not of_any_account:
            return f"belongs to account {account}, and the stack goes to {self.account}"
        return None
