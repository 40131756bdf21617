"""The message log."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:  # so that `collect` does not pay for importing the fold when it starts
    from collections.abc import Iterable
    from datetime import datetime

    from shared.messaging.messages import Channel, MessageRequest, Status, Why


class LoggedMessage(NamedTuple):
    """A message as the log has it. `to` is the address, `provider_id` the provider's own id."""

    id: str
    person: str
    campaign: str
    channel: Channel
    event_id: str
    event_name: str
    status: Status
    reason: Why | None
    to: str | None
    provider_id: str | None
    requested_at: datetime
    claimed_until: datetime | None
    updated_at: datetime
    attempts: int = 0
    """Claims after which the provider was called, as far as anybody knows."""
    detail: str | None = None
    """What stands behind the reason: the words by `shared.messaging.refusal_words`, or where in which template."""


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
        """Claim the message, and count an attempt. None: it is ours. Otherwise the message as it already stands.

        `spend_usd` is counted, in the same transaction, against the channel's `cap_usd` for the UTC day; 0
        counts nothing. Raises SpendCapReached, without a claim, when it would go over. `instead_of` is how the
        message stood when its claim was found to have expired: only then may the claim be taken over.
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
        """Give back a claim made `at`, whose message surely did not leave: it waits, for this reason, until a retry
        claims it. Unless it was `tried`, the attempt is not counted. A message that `may_have_left` at an attempt
        before stays uncertain."""

    def wait(self, request: MessageRequest, *, reason: Why, at: datetime) -> None:
        """Say of a message that nobody has claimed why it still waits. Changes no other."""

    def fault(self, request: MessageRequest, *, at: datetime) -> int:
        """Count a failure that is ours, not the provider's: how many there were. The message waits, as in `wait`."""

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
        """Record that a message nobody has claimed will not be sent. None: recorded. Otherwise as for `claim`."""

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
        """The outcome of a claimed message. Never turns a sent message into anything but delivered."""

    def of_person(self, keys: Iterable[str], limit: int) -> list[LoggedMessage]:
        """Newest first."""

    def latest(self, limit: int, since: datetime) -> list[LoggedMessage]:
        """Newest first, of everybody."""


class SpendCapReached(Exception):
    """The channel's cap for the day would be exceeded."""
