"""SES as an account meets it: so many emails in any second, so many in a day; the rest is throttled."""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Callable

from shared.messaging.providers import Email, ProviderThrottled, SendingQuota

LATENCY = (0.03, 0.1)
"""Seconds an answer takes."""


class FakeAccount:
    """`shared.messaging.providers.EmailProvider`, and what the account says it may send."""

    def __init__(
        self,
        *,
        per_second: int,
        per_day: float = float("inf"),
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self.per_second, self.per_day = per_second, per_day
        self.sent: Counter[str] = Counter()
        self.throttled = 0
        self._clock = clock
        self._sleep = sleep
        self._latest: deque[float] = deque()
        self._random = random.Random(7)

    def send(self, email: Email) -> str:
        now = self._clock()
        in_the_last_second = sum(1 for at in self._latest if at > now - 1)
        taken = in_the_last_second < self.per_second and self._sent_today() < self.per_day
        if taken:
            self._latest.append(now)
            if self.per_day == float("inf") and len(self._latest) > self.per_second:
                self._latest.popleft()
            self.sent[email.message] += 1
        self.throttled += not taken
        self._sleep(self._random.uniform(*LATENCY))
        if not taken:
            raise ProviderThrottled("Maximum sending rate exceeded.")
        return f"ses-{self.sent.total()}"

    def quota(self) -> SendingQuota:
        self._sleep(self._random.uniform(*LATENCY))
        return SendingQuota(float(self.per_second), self._sent_today() >= self.per_day)

    def _sent_today(self) -> int:
        return sum(1 for at in self._latest if at > self._clock() - 24 * 3600)
