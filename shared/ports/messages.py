"""The message log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # so that `collect` does not pay for importing the fold when it starts
    from collections.abc import Iterable
    from datetime import datetime

    from shared.messaging.message_log import LoggedMessage
    from shared.messaging.messages import MessageRequest, Status, Why


class Messages(Protocol):
    """The message log: claims before a provider is called, outcomes after."""

    def find(self, message: str) -> LoggedMessage | None: ...

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
        """Claim the message, and count an attempt. Returns None if the claim succeeded. Otherwise returns the message
        as it is in the log.

        In the same transaction, `spend_usd` counts against the channel's `cap_usd` for the UTC day; 0 counts nothing.
        If that would exceed the cap, raises SpendCapReached and claims nothing. `instead_of` is the message with an
        expired claim; the claim is taken over only if the message is still the same.
        """

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
        """Give back a claim made `at`, whose message was surely not sent. It waits, for this reason, until a retry
        claims it. Unless it was `tried`, the attempt does not count. If it `may_have_left` at an earlier attempt, it
        stays uncertain."""

    def wait(self, request: MessageRequest, *, reason: Why, at: datetime) -> None:
        """Note why an unclaimed message still waits. Changes no other message."""

    def fault(self, request: MessageRequest, *, at: datetime) -> int:
        """Count a failure of Headrace, not of the provider, and return how many there were. The message waits, as in
        `wait`."""

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
        """Record that an unclaimed message will not be sent. Returns None if that was recorded, otherwise the message
        as in `claim`."""

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
        """Record the outcome of a claimed message. A sent message can only become delivered."""

    def of_person(self, keys: Iterable[str], limit: int) -> list[LoggedMessage]:
        """Newest first."""

    def latest(self, limit: int, since: datetime) -> list[LoggedMessage]:
        """Newest first, of everybody."""


class SpendCapReached(Exception):
    """The channel's cap for the day would be exceeded."""
