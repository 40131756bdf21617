"""Providers: who takes a message to a person. One Protocol per channel, and the ways in which they fail."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, NamedTuple, Protocol

from shared.messaging.messages import SmsType, Why

Mobile = Literal["ios", "android"]


class ProviderUnavailable(Exception):
    """The message surely did not leave, and the same call may work later: the provider is down."""


class ProviderThrottled(ProviderUnavailable):
    """Too much at once, or for today: that is an answer, not a failure of the message."""


class ProviderClosed(ProviderUnavailable):
    """Our own account, permissions or credentials let nothing through: the message was not tried."""


class ProviderRefused(Exception):
    """The message did not leave and never will. `words` are the provider's, and may hold personal data."""

    def __init__(self, why: Why, words: str) -> None:
        super().__init__(words)
        self.why = why
        self.words = words


class OutcomeUnknown(Exception):
    """The request went out and no answer came: the message may have left."""


class SendingQuota(NamedTuple):
    """What an account may send: so many a second, and nothing more today once it is `used_up`."""

    per_second: float
    used_up: bool


class Email(NamedTuple):
    """At least one of `html` and `text` is there. `message` and `campaign` travel along for receipts."""

    sender: str
    to: str
    subject: str
    html: str | None
    text: str | None
    message: str
    campaign: str


class Sms(NamedTuple):
    """`to` is E.164. Who it is from: a name where the country shows one, a number where it asks for one; both may be
    given, the provider takes what fits the country."""

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
        """Those with credentials."""

    def send(self, *, platform: Mobile, token: str, notification: Notification) -> str:
        """The provider's id. A token refused for good raises ProviderRefused with ADDRESS_NOT_REACHABLE."""

    def forget(self, *, platform: Mobile, token: str) -> None:
        """A refused token was reported: should the app register it again, it gets another chance."""


class WebhookProvider(Protocol):
    def post(self, url: str, *, body: bytes, headers: dict[str, str]) -> str:
        """The receiver's status, such as `200`."""
