"""The workspace: the whole configuration as the functions see it, one immutable snapshot per version.

Authors write YAML (`shared/authoring`); applying it makes a snapshot, stored under the hash of its content. Durations
are seconds, sizes bytes, money US dollars.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.messaging.channels import Channel
from shared.messaging.messages import LONGEST_WAIT, SmsType
from shared.records import Trust
from shared.workspace.limits import BATCH_BYTES, EVENT_BYTES, LEAST_BYTES, MOST_BATCH_BYTES, MOST_EVENT_BYTES

if TYPE_CHECKING:
    from shared.conditions.compiling import Matcher

Policy = Literal["strict", "lenient", "observe"]
PropertyType = Literal["string", "integer", "number", "boolean", "date", "datetime", "list", "object"]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


MOST_DAYS = 36_500
"""A century. With many more days, times would exceed the calendar, and every record would become a dead letter."""


class Limits(Frozen):
    """What a source may send. `events_per_second` is kept per running function, as a guard against floods."""

    event_bytes: Annotated[int, Field(ge=LEAST_BYTES, le=MOST_EVENT_BYTES)] = EVENT_BYTES
    batch_bytes: Annotated[int, Field(ge=LEAST_BYTES, le=MOST_BATCH_BYTES)] = BATCH_BYTES
    oldest_days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 3650
    future_seconds: Annotated[int, Field(ge=0, le=MOST_DAYS * 86_400)] = 24 * 3600
    events_per_second: Annotated[int, Field(ge=1)] | None = None


class Tee(Frozen):
    """The vendor that also gets the source's requests. Secret headers are in the stack's secret."""

    host: str
    """`https://eu1.api.vendor.example`, without a path: the client's own is kept."""
    headers: dict[str, str] = {}
    """Headers that replace the client's own."""


class Source(Frozen):
    """An app, site, server or feed that may send. Keys are kept as SHA-256 hex digests."""

    id: str
    name: str
    trust: Trust
    policy: Policy = "lenient"
    origins: tuple[str, ...] = ()
    """Browser origins allowed to send, `https://shop.example` or `*`; empty means any."""
    key_hashes: tuple[str, ...] = ()
    key_pair: bool = False
    """Whether the source has a key pair that AWS clients sign with."""
    access_key_id: str | None = None
    """The id of the key pair, once it is created. Its secret key is in the stack's secret."""
    may_define: bool = False
    """Whether its clients may add event definitions and properties, by a protocol that can."""
    limits: Limits = Limits()
    tee: Tee | None = None


class PropertyDefinition(Frozen):
    type: PropertyType
    required: bool = False
    allowed: tuple[Any, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    personal: bool = False
    description: str = ""


class EventDefinition(Frozen):
    """`id` is what developers send; `name` is what marketers read. `forward` puts each event on the bus for routes."""

    id: str
    name: str
    description: str = ""
    properties: dict[str, PropertyDefinition] = {}
    forward: bool = False
    forward_traits: tuple[str, ...] = ()


class Campaign(Frozen):
    """When `event` arrives and `where` (see `shared.conditions.model`) holds, send `template` on its channel."""

    id: str
    name: str
    event: str
    where: dict[str, Any] | None = None
    channel: Channel
    template: str
    webhook: str | None = None
    """The `settings.webhooks` entry a webhook campaign calls."""
    receiver: str | None = None
    """One of the channel's `settings.receivers`."""
    expires_minutes: Annotated[int, Field(ge=1, le=LONGEST_WAIT // timedelta(minutes=1))] | None = None
    """Minutes after its request at which the message expires. None is `LONGEST_WAIT`."""

    @cached_property
    def holds(self) -> Matcher:
        """`where`, compiled once for as long as the version is kept. Raises ValueError for one of an unknown shape."""
        from shared.conditions.compiling import compiled  # what `collect` starts without

        return compiled(self.where)

    @property
    def longest_wait(self) -> timedelta:
        return timedelta(minutes=self.expires_minutes) if self.expires_minutes else LONGEST_WAIT


class Template(Frozen):
    """Liquid by part; which parts there are is the channel's to say (`shared.messaging.channels`)."""

    id: str
    channel: Channel
    parts: dict[str, str]
    files: dict[str, str] = Field(default_factory=dict)
    """The files of parts, by part, as the template names them."""


class EmailSettings(Frozen):
    sender: str | None = None
    resend_uncertain: bool = False


class SmsSettings(Frozen):
    """SMS are sent only to numbers with an E.164 prefix in `allowed_prefixes` (`+1`). Each counts `price_usd` against
    the cap."""

    allowed_prefixes: tuple[str, ...] = ()
    daily_spend_usd: Annotated[float, Field(ge=0, le=1_000_000)] = 10.0
    price_usd: Annotated[float, Field(ge=0.000_001, le=100)] = 0.01
    """The smallest price is a millionth of a dollar, the unit in which money is counted."""
    type: SmsType = "transactional"
    sender_id: str | None = None
    sender_number: str | None = None
    """E.164, or a short code: an origination number that the account owns."""


class Webhook(Frozen):
    url: str
    """https, on a public address. Its signing secret is generated with the source keys."""


class Settings(Frozen):
    session_idle_seconds: Annotated[int, Field(ge=1, le=365 * 86_400)] = 30 * 60
    person_events_per_day: Annotated[int, Field(ge=1)] = 10_000
    """A person who sends more is archived and counted, not folded, until the next UTC day."""
    timeline_days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 90
    rejected_days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 30
    email: EmailSettings = EmailSettings()
    sms: SmsSettings = SmsSettings()
    webhooks: dict[str, Webhook] = {}
    receivers: dict[Channel, tuple[str, ...]] = {}
    """By channel, names of those that its campaigns may be for; what reaches each is in the stack's secret."""

    @cached_property
    def session_idle(self) -> timedelta:
        return timedelta(seconds=self.session_idle_seconds)


class Workspace(Frozen):
    """One version of everything. Version 0 is the built-in workspace of a stack that nothing was applied to yet."""

    version: int = 0
    name: str = "headrace"
    sources: tuple[Source, ...] = ()
    doctor: Source | None = None
    """The reserved source of `headrace doctor`. It is not among `sources`, and nobody can define it."""
    events: tuple[EventDefinition, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    templates: tuple[Template, ...] = ()
    settings: Settings = Settings()

    @cached_property
    def senders(self) -> tuple[Source, ...]:
        """All sources that may send."""
        return self.sources if self.doctor is None else (*self.sources, self.doctor)

    @cached_property
    def source_by_id(self) -> dict[str, Source]:
        return {source.id: source for source in self.sources}

    @cached_property
    def source_by_key_hash(self) -> dict[str, Source]:
        return {digest: source for source in self.senders for digest in source.key_hashes}

    @cached_property
    def source_by_access_key_id(self) -> dict[str, Source]:
        return {source.access_key_id: source for source in self.senders if source.access_key_id is not None}

    @cached_property
    def has_tees(self) -> bool:
        return any(source.tee is not None for source in self.sources)

    @cached_property
    def definition_by_id(self) -> dict[str, EventDefinition]:
        return {definition.id: definition for definition in self.events}

    @cached_property
    def campaigns_by_event(self) -> dict[str, tuple[Campaign, ...]]:
        found: dict[str, tuple[Campaign, ...]] = {}
        for campaign in self.campaigns:
            found[campaign.event] = (*found.get(campaign.event, ()), campaign)
        return found

    @cached_property
    def campaign_by_id(self) -> dict[str, Campaign]:
        return {campaign.id: campaign for campaign in self.campaigns}

    @cached_property
    def template_by_id(self) -> dict[str, Template]:
        return {template.id: template for template in self.templates}
