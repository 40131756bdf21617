"""The interface of the channels: an order comes in, and a message that is ready to deliver comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from shared.fold.profile import Profile
from shared.messaging.messages import MessageRequest, Status, Why
from shared.messaging.providers import Mobile, WebhookProvider
from shared.text.visible_text import trimmed
from shared.workspace.model import Campaign, Settings, Template

FAILED = frozenset(
    {
        Why.ADDRESS_NOT_VALID,
        Why.ADDRESS_NOT_REACHABLE,
        Why.TEMPLATE_VALUE_MISSING,
        Why.TEMPLATE_FAILED,
        Why.PROVIDER_REFUSED,
        Why.PROVIDER_UNAVAILABLE,
    }
)
"""Reasons that somebody should fix: the message has failed. For all other reasons the message is skipped."""


def status_of(why: Why) -> Status:
    if why is Why.WAITED_TOO_LONG:
        return Status.EXPIRED
    return Status.FAILED if why in FAILED else Status.SKIPPED


class Declined(Exception):
    """The message will not be sent. `to` is the address that it would have gone to, if known. `words` are details of
    the reason and may contain personal data."""

    def __init__(self, why: Why, to: str | None = None, words: str = "") -> None:
        super().__init__(why.value)
        self.why = why
        self.to = to
        self.words = words


@dataclass(frozen=True, slots=True)
class Order:
    """The data for one message: the request, its campaign and template, and the person."""

    request: MessageRequest
    campaign: Campaign
    template: Template
    person: Profile
    settings: Settings

    @property
    def traits(self) -> Mapping[str, Any]:
        return self.person.states.traits.values

    def text_trait(self, name: str) -> str | None:
        """A text trait without surrounding spaces and invisible characters; None if nothing is left."""
        value = self.traits.get(name)
        return trimmed(value) or None if isinstance(value, str) else None


class DeviceToken(NamedTuple):
    """The platform and token of one device."""

    device: str
    platform: Mobile
    token: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """The result of a delivery. `provider_id` is None if every token was refused and nobody was reached."""

    provider_id: str | None
    refused: tuple[DeviceToken, ...] = ()


def _nothing(_: DeviceToken) -> None:
    """Only push has tokens."""


def _no_words(_: str) -> str | None:
    """A channel does not know what is personal in them; `Sending` does."""
    return None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message ready to go. `deliver` raises the failures of `shared.messaging.providers`.

    `resendable`: whether it may be sent again when nobody knows if it left. `forget` is called for each refused token
    once that was reported. `receiver` is whom a channel calls itself, which may be slow: a webhook's host. `kept` is
    what the log may have of the words of whoever refuses it.
    """

    to: str
    deliver: Callable[[], Delivered]
    spend_usd: float = 0.0
    cap_usd: float = 0.0
    resendable: bool = False
    receiver: str | None = None
    forget: Callable[[DeviceToken], None] = _nothing
    kept: Callable[[str], str | None] = _no_words


def any_rate() -> float | None:
    """No limit."""
    return None


class Bootstrapped(NamedTuple):
    """A channel with its provider. `rate` is the number of messages a second that the account may send: None is
    unlimited, 0 is none today."""

    way: SendingChannel
    rate: Callable[[], float | None] = any_rate


class MakeClient(Protocol):
    """Makes the client for addresses that operators gave. `allow_private` is for the laptop."""

    def __call__(self, *, allow_private: bool) -> WebhookProvider: ...


class SendingChannel(Protocol):
    def address(self, order: Order) -> str | None:
        """The address of the message for the log, even if it is not valid."""

    def outgoing(self, order: Order, render: Callable[[], dict[str, str]]) -> Outgoing:
        """The message, ready to deliver. `render` renders its template, after the address was checked.

        Raises Declined.
        """
