"""What the channels have in common: an order comes in, a message that only has to be delivered comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from shared.fold.profile import Profile
from shared.messaging.messages import MessageRequest, Status, Why
from shared.messaging.providers import Mobile
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
"""Reasons that somebody should mend; after the others a message is skipped, as it should be."""


def status_of(why: Why) -> Status:
    if why is Why.WAITED_TOO_LONG:
        return Status.EXPIRED
    return Status.FAILED if why in FAILED else Status.SKIPPED


class Declined(Exception):
    """The message will not be sent. `to` is the address it would have gone to, as far as it is known; `words` say more
    than the reason, and may hold personal data."""

    def __init__(self, why: Why, to: str | None = None, words: str = "") -> None:
        super().__init__(why.value)
        self.why = why
        self.to = to
        self.words = words


@dataclass(frozen=True, slots=True)
class Order:
    """Everything there is to know about one message: the request, its campaign and template, and the person."""

    request: MessageRequest
    campaign: Campaign
    template: Template
    person: Profile
    settings: Settings

    @property
    def traits(self) -> Mapping[str, Any]:
        return self.person.states.traits.values

    def text_trait(self, name: str) -> str | None:
        """A trait that is a text of which something can be seen, without what is around that."""
        value = self.traits.get(name)
        return trimmed(value) or None if isinstance(value, str) else None


class DeviceToken(NamedTuple):
    """Where a push message reaches one device."""

    device: str
    platform: Mobile
    token: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """`provider_id` is None when nobody was reached, because every token was refused."""

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
    """As many as there are."""
    return None


class Bootstrapped(NamedTuple):
    """A channel on its provider. `rate` is how many messages a second the provider lets the account send: None is any,
    0 is none today."""

    way: SendingChannel
    rate: Callable[[], float | None] = any_rate


class SendingChannel(Protocol):
    def address(self, order: Order) -> str | None:
        """Where the message would go, for the log, valid or not."""

    def outgoing(self, order: Order, render: Callable[[], dict[str, str]]) -> Outgoing:
        """The message, ready; `render` makes the parts of its template, once the address is found good.

        Raises Declined.
        """
