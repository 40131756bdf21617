"""What SNS says of the account's text messages."""

from __future__ import annotations

from typing import NamedTuple

from shared.aws.clients import client, unavailable_when_failing

FIRST_LIMIT = 1.0
"""US dollars a month that a new account may spend, and what no attribute means."""


class SmsAccount(NamedTuple):
    """`sandboxed`: only verified numbers. `month_usd` is what AWS lets the account spend in a month."""

    sandboxed: bool
    month_usd: float


def sms_account() -> SmsAccount:
    """Raises Unavailable."""
    sns = client("sns")
    with unavailable_when_failing():
        sandboxed = sns.get_sms_sandbox_account_status()["IsInSandbox"]
        attributes = sns.get_sms_attributes(attributes=["MonthlySpendLimit"])["attributes"]
    return SmsAccount(sandboxed, float(attributes.get("MonthlySpendLimit") or FIRST_LIMIT))
