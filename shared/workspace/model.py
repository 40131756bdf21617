"""The workspace: the whole configuration as the functions see it, one immutable snapshot per version.

Authors write YAML (`shared/authoring`); applying it makes a snapshot, stored under the hash of its content. Durations
are seconds, sizes bytes, money US dollars. Here is what acts on events, and the whole; what it takes to collect them is
in `shared.workspace.collecting`.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import ConfigDict, Field

from shared.messaging.channels import Channel
from shared.messaging.messages import LONGEST_WAIT, SmsType
from shared.workspace.collecting import (
    MOST_DAYS,
    CollectingSettings,
    CollectingWorkspace,
    EventDefinition,
    Frozen,
    Limits,
    Policy,
    PropertyDefinition,
    PropertyType,
    Source,
    Tee,
)

if TYPE_CHECKING:
    from shared.conditions.compiling import Matcher

__all__ = [
    "MOST_DAYS", "Campaign", "EmailSettings", "EventDefinition", "Frozen", "Limits", "Policy", "PropertyDefinition",
    "PropertyType", "Settings", "SmsSettings", "Source", "Tee", "Template", "Webhook", "Workspace",
]  # fmt: skip


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


class Settings(CollectingSettings):
    model_config = ConfigDict(extra="forbid")

    session_idle_seconds: Annotated[int, Field(ge=1, le=365 * 86_400)] = 30 * 60
    person_events_per_day: Annotated[int, Field(ge=1)] = 10_000
    """A person who sends more is archived and counted, not folded, until the next UTC day."""
    timeline_days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 90
    email: EmailSettings = EmailSettings()
    sms: SmsSettings = SmsSettings()
    webhooks: dict[str, Webhook] = Field(default={})
    receivers: dict[Channel, tuple[str, ...]] = Field(default={})
    """By channel, names of those that its campaigns may be for; what reaches each is in the stack's secret."""

    @cached_property
    def session_idle(self) -> timedelta:
        return timedelta(seconds=self.session_idle_seconds)


class Workspace(CollectingWorkspace):
    """One version of everything."""

    campaigns: tuple[Campaign, ...] = ()
    templates: tuple[Template, ...] = ()
    settings: Settings = Settings()

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
