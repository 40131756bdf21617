"""The state of the account's text messages in SNS."""

from __future__ import annotations

from typing import NamedTuple

from shared.aws.clients import client, unavailable_when_failing

FIRST_LIMIT = 1.0
"""US dollars a month that a new account may spend. It applies if SNS returns no attribute."""


class SmsAccount(NamedTuple):
    """`sandboxed`: only verified numbers. `month_usd` is the account's monthly spending limit."""

    sandboxed: bool
    month_usd: float


def sms_account() -> SmsAccount:
    """Raises Unavailable."""
    sns = client("sns")
    with unavailable_when_failing():
        sandboxed = sns.get_sms_sandbox_account_status()["IsInSandbox"]
        attributes = sns.get_sms_attributes(attributes=["MonthlySpendLimit"])["attributes"]
    return SmsAccount(sandboxed, float(attributes.get("MonthlySpendLimit") or FIRST_LIMIT))
