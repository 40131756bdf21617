"""Providers deliver messages to people: one Protocol per channel, and their errors."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, NamedTuple, Protocol

from shared.messaging.messages import SmsType, Why

Mobile = Literal["ios", "android"]


class ProviderUnavailable(Exception):
    """The message was surely not sent, and the same call may work later. The provider is down."""


class ProviderThrottled(ProviderUnavailable):
    """Too many calls at once or today. That is an answer, not a failure of the message. `seconds` is how long the
    provider asks to wait, if it says so."""

    def __init__(self, words: str, seconds: int = 0) -> None:
        super().__init__(words)
        self.seconds = seconds


class ProviderClosed(ProviderUnavailable):
    """The account, permissions or credentials block all messages. The message was not tried."""


class ProviderRefused(Exception):
    """The message was not sent and never will be. `words` are the provider's error and may contain personal data."""

    def __init__(self, why: Why, words: str) -> None:
        super().__init__(words)
        self.why = why
        self.words = words


class OutcomeUnknown(Exception):
    """The request was sent but no answer came. The message may have been sent."""


class SendingQuota(NamedTuple):
    """The sending quota of an account: a rate per second, and whether today's quota is `used_up`."""

    per_second: float
    used_up: bool


class Email(NamedTuple):
    """An email with `html`, `text` or both. `message` and `campaign` are included for receipts."""

    sender: str
    to: str
    subject: str
    html: str | None
    text: str | None
    message: str
    campaign: str


class Sms(NamedTuple):
    """`to` is E.164. The sender is a name for countries that show one, or a number for countries that require one. Both
    may be given; the provider uses the one that fits the country."""

    to: str
    text: str
    type: SmsType = "transactional"
    sender_id: str | None = None
    sender_number: str | None = None


class Notification(NamedTuple):
    title: str
    text: str
    message: str


class EmailProvider(Protocol):
    def send(self, email: Email) -> str:
        """The provider's id of the email."""


class SmsProvider(Protocol):
    def send(self, sms: Sms) -> str:
        """The provider's id of the SMS."""


class PushProvider(Protocol):
    @property
    def platforms(self) -> Collection[Mobile]:
        """The platforms with credentials."""

    def send(self, *, platform: Mobile, token: str, notification: Notification) -> str:
        """Send and return the provider's id. A token that is refused for good raises ProviderRefused with
        ADDRESS_NOT_REACHABLE."""

    def forget(self, *, platform: Mobile, token: str) -> None:
        """Forget a refused token after it was reported, so that it works if the app registers it again."""


class WebhookProvider(Protocol):
    def post(self, url: str, *, body: bytes, headers: dict[str, str]) -> str:
        """Post and return the receiver's status, such as `200`."""
