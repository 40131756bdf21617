"""Resources that are named by ARN and must be where the stack is: the region, and for most the account too.

CloudFormation would find out in the middle of a deployment, and roll it back.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple, Self


class Where(NamedTuple):
    """Where a stack goes, as far as that is known."""

    region: str | None = None
    account: str | None = None

    @classmethod
    def of_the_cdk(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """As the `cdk` command tells its app. Without credentials it tells a region too, which may be any."""
        account = environment.get("CDK_DEFAULT_ACCOUNT")
        return cls(environment.get("CDK_DEFAULT_REGION"), account) if account else cls()

    def refuses(self, arn: str, *, of_any_account: bool = False) -> str | None:
        """Why what has this ARN cannot be used, as a sentence's end."""
        _, _, _, region, account, *_ = arn.split(":")
        if self.region and region and region != self.region:
            return f"is in {region}, and the stack goes to {self.region}"
        if self.account and account and account != self.account and not of_any_account:
            return f"belongs to account {account}, and the stack goes to {self.account}"
        return None
