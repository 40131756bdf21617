"""How many emails the account may send: SES is asked, and the answer kept for a while.

AWS raises the rate of an account by itself, and what it sent in the last 24 hours counts against its quota.
"""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools import Logger

from shared.failures import Unavailable
from shared.messaging.providers import SendingQuota

KEPT_SECONDS = 300.0
LOOKS_APART_SECONDS = 30.0
"""Between two looks after one that failed."""

USED = 0.95
"""Of the account's rate. Functions do not know of each other: the rest is for seconds in which more of them send."""

LEAST_PER_SECOND = 1.0
"""What every account may send, in the sandbox too: https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html"""

logger = Logger()


class AccountRate:
    """`quota` raises Unavailable. `clock` counts seconds."""

    def __init__(self, quota: Callable[[], SendingQuota], clock: Callable[[], float]) -> None:
        self._quota = quota
        self._clock = clock
        self._rate = LEAST_PER_SECOND * USED
        self._kept_until = float("-inf")

    def per_second(self) -> float:
        """Messages a second; 0 once the quota of the last 24 hours is used up."""
        now = self._clock()
        if now >= self._kept_until:
            try:
                quota = self._quota()
            except Unavailable as error:
                logger.warning("the account's rate is not known", error=type(error.__cause__).__name__)
                self._kept_until = now + LOOKS_APART_SECONDS
            else:
                self._rate = 0.0 if quota.used_up else quota.per_second * USED
                self._kept_until = now + KEPT_SECONDS
        return self._rate
