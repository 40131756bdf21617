"""What `collect` needs of a workspace: its sources, and the events that they may send.

Whatever acts on events is in `shared.workspace.model`, which `collect` starts without.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.records import Trust
from shared.workspace.limits import BATCH_BYTES, EVENT_BYTES, LEAST_BYTES, MOST_BATCH_BYTES, MOST_EVENT_BYTES

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


class CollectingSettings(BaseModel):
    """The one setting that `collect` keeps to. The others are none of its business, and it reads past them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    rejected_days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 30


class CollectingWorkspace(Frozen):
    """One version, as far as `collect` needs it. Version 0 is the built-in one of a stack that nothing was applied to
    yet."""

    version: int = 0
    name: str = "headrace"
    sources: tuple[Source, ...] = ()
    doctor: Source | None = None
    """The reserved source of `headrace doctor`. It is not among `sources`, and nobody can define it."""
    events: tuple[EventDefinition, ...] = ()
    settings: CollectingSettings = CollectingSettings()

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
