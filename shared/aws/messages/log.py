"""The message log in DynamoDB: one item per message, and one per channel and day that counts money.

A claimed message is `requested` and has `claimed_until`; a message that is `waiting` in its queue does not. `claim` is
a token of one call. If the answer to a claim is lost and the claim is repeated, the token shows that it is the same
one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from shared.aws.clients import client, unavailable_when_failing
from shared.aws.messages import lists, updates
from shared.aws.messages.daily_spend import microusd, spending
from shared.aws.messages.items import expiring, logged
from shared.aws.messages.writes import (
    StandsOtherwise,
    past_collisions,
    refused_by_condition,
    update_and_spend,
    update_if_allowed,
)
from shared.aws.runtime import new_id as real_new_id
from shared.aws.runtime import pause as real_pause
from shared.events import DOCTOR
from shared.failures import Unavailable
from shared.messaging.message_log import LoggedMessage
from shared.messaging.messages import MessageRequest, Status, Why
from shared.ports.runtime import NewId, Pause

KEPT_OF_THE_DOCTORS = timedelta(days=30)
"""Longer than a queue and its dead-letter queue keep a message. If it were forgotten earlier, it could be sent
again."""


class DynamoMessages:
    """`shared.ports.messages.Messages` over the messages table. `kept` is how long a message is kept after its outcome
    is known; None is forever."""

    def __init__(
        self,
        table: str,
        *,
        kept: timedelta | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: Pause = real_pause,
        new_id: NewId = real_new_id,
    ) -> None:
        self._table = table
        self._kept = kept
        self._clock = clock
        self._pause = pause
        self._new_id = new_id

    def find(self, message: str) -> LoggedMessage | None:
        with unavailable_when_failing():
            item = self._item(message)
        return logged(item) if item is not None else None

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
        token = self._new_id()
        claim = updates.claiming(
            self._table, request, to=to, until=until, at=at, token=token, instead_of=instead_of
        )
        spend, cap = microusd(spend_usd), microusd(cap_usd)
        with unavailable_when_failing():
            try:
                if spend and instead_of is None:  # the claim that expired has been counted
                    update_and_spend(
                        claim, spending(self._table, request.channel, at, spend, cap), self._pause
                    )
                else:
                    past_collisions(self._pause, lambda: client("dynamodb").update_item(**claim))
            except ClientError as error:
                if not refused_by_condition(error):
                    raise
                return self._standing(request.id, token)
            except StandsOtherwise:
                return self._standing(request.id, token)
        return None

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
        status, fields = Status.WAITING, {"reason": {"S": str(reason)}}
        if may_have_left:
            status, fields = (
                Status.UNCERTAIN,
                {"reason": {"S": str(Why.OUTCOME_UNKNOWN)}} | self._end(request, at),
            )
        release = updates.releasing(self._table, request, status=status, fields=fields, at=at, tried=tried)
        spend = microusd(spend_usd)
        if not spend:
            update_if_allowed(release, self._pause)
            return
        with unavailable_when_failing(), suppress(StandsOtherwise):
            update_and_spend(release, spending(self._table, request.channel, at, -spend, None), self._pause)

    def wait(self, request: MessageRequest, *, reason: Why, at: datetime) -> None:
        self._write_unclaimed(request, Status.WAITING, {"reason": {"S": str(reason)}}, at)

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
        texts = {"reason": str(reason), "to": to, "detail": detail}
        fields: dict[str, Any] = {
            name: {"S": text} for name, text in texts.items() if text is not None
        } | self._end(request, at)
        if self._write_unclaimed(request, status, fields, at):
            return None
        with unavailable_when_failing():
            return self._standing(request.id, None)

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
        texts = {"reason": reason, "to": to, "provider_id": provider_id, "detail": detail}
        fields: dict[str, Any] = {
            name: {"S": str(text)} for name, text in texts.items() if text is not None
        } | self._end(request, at)
        update = updates.outcome(self._table, request, status=status, fields=fields, at=at)
        update_if_allowed(update, self._pause)

    def fault(self, request: MessageRequest, *, at: datetime) -> int:
        self.wait(request, reason=Why.FAULT, at=at)
        with unavailable_when_failing():
            answer = client("dynamodb").update_item(
                **updates.counting_a_fault(self._table, request), ReturnValues="UPDATED_NEW"
            )
        return int(answer["Attributes"]["faults"]["N"])

    def of_person(self, keys: Iterable[str], limit: int) -> list[LoggedMessage]:
        return lists.of_person(self._table, keys, limit)

    def latest(self, limit: int, since: datetime) -> list[LoggedMessage]:
        today = self._clock().astimezone(UTC).date()
        return lists.latest(self._table, limit, since=since, today=today)

    def _end(self, request: MessageRequest, at: datetime) -> dict[str, Any]:
        kept = self._kept
        if request.campaign == DOCTOR:
            kept = KEPT_OF_THE_DOCTORS if kept is None else min(kept, KEPT_OF_THE_DOCTORS)
        return expiring(at + kept) if kept is not None else {}

    def _write_unclaimed(
        self, request: MessageRequest, status: Status, fields: dict[str, Any], at: datetime
    ) -> bool:
        """Write the fields if nobody has claimed the message. Returns whether they were written."""
        return update_if_allowed(
            updates.unclaimed(self._table, request, status=status, fields=fields, at=at), self._pause
        )

    def _standing(self, message: str, token: str | None) -> LoggedMessage | None:
        """The message as it is in the log; None if it is claimed with this token."""
        item = self._item(message)
        if item is None:
            raise Unavailable(f"message {message} was there a moment ago")
        return None if token is not None and item.get("claim") == {"S": token} else logged(item)

    def _item(self, message: str) -> dict[str, Any] | None:
        found = client("dynamodb").get_item(
            TableName=self._table, Key={"pk": {"S": message}}, ConsistentRead=True
        )
        return found.get("Item")
