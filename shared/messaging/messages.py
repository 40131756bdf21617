"""Messages: one thing sent to one person on one channel, from the request in the fold to its outcome."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.events import Event, derived_id
from shared.messaging.channels import Channel
from shared.times import UtcDatetime

SmsType = Literal["transactional", "promotional"]
"""Carriers treat the two differently, and some countries deliver promotional ones only at daytime."""

LONGEST_WAIT = timedelta(days=13)
"""The longest time from its request after which a message is still sent. Its queue keeps a message for 14 days:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html"""


class Status(StrEnum):
    """The status of a message.

    `requested`: it is being sent. `waiting`: it is in its queue. `delivered` needs receipts. `expired`: it waited for
    too long. `uncertain`: its function died, and it is unknown whether it was sent.
    """

    REQUESTED = "requested"
    WAITING = "waiting"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    UNCERTAIN = "uncertain"


class Why(StrEnum):
    """The reason for a message's status, unless it was sent: one closed set, which the message log shows."""

    CONSENT_WITHDRAWN = "consent_withdrawn"
    CONSENT_NOT_GIVEN = "consent_not_given"
    NO_ADDRESS = "no_address"
    ADDRESS_NOT_VALID = "address_not_valid"
    COUNTRY_NOT_ALLOWED = "country_not_allowed"
    SPEND_CAP_REACHED = "spend_cap_reached"
    TEMPLATE_VALUE_MISSING = "template_value_missing"
    TEMPLATE_FAILED = "template_failed"
    CAMPAIGN_GONE = "campaign_gone"
    CHANNEL_NOT_CONFIGURED = "channel_not_configured"
    ADDRESS_NOT_REACHABLE = "address_not_reachable"
    PROVIDER_REFUSED = "provider_refused"
    OUTCOME_UNKNOWN = "outcome_unknown"
    PERSON_UNKNOWN = "person_unknown"
    TOKEN_MOVED = "token_moved"  # noqa: S105
    RATE_LIMITED = "rate_limited"
    PROVIDER_UNAVAILABLE = "provider_unavailable"
    RECEIVER_SLOW = "receiver_slow"
    WAITED_TOO_LONG = "waited_too_long"
    FAULT = "fault"
    DEAD_LETTERED = "dead_lettered"


class MessageRequest(BaseModel):
    """A campaign matched: send its template to this person because of this event. The detail of `Message Requested`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    channel: Channel
    campaign: str
    person: str
    event: Event
    depth: int = 0
    requested_at: UtcDatetime
    workspace: int


def message_id(campaign: str, event: Event) -> str:
    """One message per campaign and event, however often the event is delivered.

    The id includes the person as the event names them, because some senders number each user's events from 1.
    """
    named = event.user_id or event.anonymous_id or "".join(event.identities[:1])
    return derived_id("message", campaign, named, event.source, event.id, event.name)
