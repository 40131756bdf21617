"""The message log in memory, held to the adapter's contract by tests/unit/aws/messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from shared.aws.messages.daily_spend import microusd
from shared.events import DOCTOR
from shared.failures import Unavailable
from shared.messaging.message_log import LoggedMessage
from shared.messaging.messages import MessageRequest, Status, Why
from shared.ports.messages import SpendCapReached
from simulation.ports.faults import Faults

FINAL = (Status.SENT, Status.DELIVERED)


class FakeMessages:
    """Put names of methods in `failing` to make the next such call raise Unavailable, without effect.

    `spent` is in millionths of a dollar, by channel and day.
    """

    def __init__(self, faults: Faults | None = None) -> None:
        self.items: dict[str, LoggedMessage] = {}
        self.spent: Counter[str] = Counter()
        self.failing: list[str] = []
        self.faults_of: Counter[str] = Counter()
        self._faults = faults or Faults()

    def claim(
        self,
        request: MessageRequest,
        *,
        to: str,
        until: datetime,
        at: datetime,
        spend_usd: float,
        cap_usd: float,
        instead_of: LoggedMessage | None = None,
    ) -> LoggedMessage | None:
        self._fail_on_command("claim")
        try:
            standing = self.items.get(request.id)
            if not self._is_free(standing) and (standing is None or standing != instead_of):
                return standing
            if spend_usd and instead_of is None:
                if self.spent[self._day(request, at)] + microusd(spend_usd) > microusd(cap_usd):
                    raise SpendCapReached(request.channel)
                self.spent[self._day(request, at)] += microusd(spend_usd)
            attempts = standing.attempts + 1 if standing is not None else 1
            self.items[request.id] = _logged(request, Status.REQUESTED, None, to, at, until, attempts)
            return None
        finally:
            self._faults.called("messages.claim")

    def find(self, message: str) -> LoggedMessage | None:
        self._fail_on_command("find")
        self._faults.called("messages.find")
        return self.items.get(message)

    def wait(self, request: MessageRequest, *, reason: Why, at: datetime) -> None:
        self._fail_on_command("wait")
        self._write_unclaimed(request, Status.WAITING, reason, None, at)
        self._faults.called("messages.wait")

    def fault(self, request: MessageRequest, *, at: datetime) -> int:
        self._fail_on_command("fault")
        self._write_unclaimed(request, Status.WAITING, Why.FAULT, None, at)
        self.faults_of[request.id] += 1
        self._faults.called("messages.fault")
        return self.faults_of[request.id]

    def release(
        self,
        request: MessageRequest,
        *,
        reason: Why,
        tried: bool,
        at: datetime,
        spend_usd: float,
        may_have_left: bool = False,
    ) -> None:
        self._fail_on_command("release")
        try:
            standing = self.items.get(request.id)
            if standing is None or standing.status is not Status.REQUESTED or standing.claimed_until is None:
                return
            attempts = standing.attempts if tried else standing.attempts - 1
            self.items[request.id] = standing._replace(
                status=Status.UNCERTAIN if may_have_left else Status.WAITING,
                reason=Why.OUTCOME_UNKNOWN if may_have_left else reason,
                claimed_until=None,
                updated_at=at,
                attempts=attempts,
            )
            self.spent[self._day(request, at)] -= microusd(spend_usd)
        finally:
            self._faults.called("messages.release")

    def decline(
        self,
        request: MessageRequest,
        *,
        status: Status,
        reason: Why,
        to: str | None,
        at: datetime,
        detail: str | None = None,
    ) -> LoggedMessage | None:
        self._fail_on_command("decline")
        try:
            standing = self._write_unclaimed(request, status, reason, to, at)
            if standing is None:
                self.items[request.id] = self.items[request.id]._replace(detail=detail)
            return standing
        finally:
            self._faults.called("messages.decline")

    def record(
        self,
        request: MessageRequest,
        *,
        status: Status,
        reason: Why | None,
        to: str | None,
        provider_id: str | None,
        at: datetime,
        detail: str | None = None,
    ) -> None:
        self._fail_on_command("record")
        try:
            standing = self.items.get(request.id)
            if standing is None or (standing.status in FINAL and status is not Status.DELIVERED):
                return
            self.items[request.id] = standing._replace(
                status=status,
                reason=reason,
                to=to if to is not None else standing.to,
                provider_id=provider_id if provider_id is not None else standing.provider_id,
                claimed_until=None,
                updated_at=at,
                detail=detail,
            )
        finally:
            self._faults.called("messages.record")

    def _write_unclaimed(
        self, request: MessageRequest, status: Status, reason: Why, to: str | None, at: datetime
    ) -> LoggedMessage | None:
        """None: written. Otherwise the message as it stands."""
        standing = self.items.get(request.id)
        if not self._is_free(standing):
            return standing
        attempts, known = (standing.attempts, standing.to) if standing is not None else (0, None)
        self.items[request.id] = _logged(request, status, reason, to or known, at, None, attempts)
        return None

    def of_person(self, keys: Iterable[str], limit: int) -> list[LoggedMessage]:
        wanted = set(keys)
        return self._newest([one for one in self.items.values() if one.person in wanted], limit)

    def latest(self, limit: int, since: datetime) -> list[LoggedMessage]:
        recent = [one for one in self.items.values() if one.requested_at >= since]
        return self._newest([one for one in recent if one.campaign != DOCTOR], limit)

    def _newest(self, found: list[LoggedMessage], limit: int) -> list[LoggedMessage]:
        self._fail_on_command("list")
        return sorted(found, key=lambda one: one.requested_at, reverse=True)[:limit]

    @staticmethod
    def _is_free(standing: LoggedMessage | None) -> bool:
        return standing is None or standing.status is Status.WAITING

    @staticmethod
    def _day(request: MessageRequest, at: datetime) -> str:
        return f"{request.channel} {at:%Y-%m-%d}"

    def _fail_on_command(self, call: str) -> None:
        if call in self.failing:
            self.failing.remove(call)
            raise Unavailable(f"told to fail at {call}")


def _logged(
    request: MessageRequest,
    status: Status,
    reason: Why | None,
    to: str | None,
    at: datetime,
    until: datetime | None,
    attempts: int,
) -> LoggedMessage:
    return LoggedMessage(
        id=request.id,
        person=request.person,
        campaign=request.campaign,
        channel=request.channel,
        event_id=request.event.id,
        event_name=request.event.name,
        status=status,
        reason=reason,
        to=to,
        provider_id=None,
        requested_at=request.requested_at,
        claimed_until=until,
        updated_at=at,
        attempts=attempts,
    )
