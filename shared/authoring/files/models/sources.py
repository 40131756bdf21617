"""The allowed content of each workspace file. Keys of the snapshot's own models mean the same here."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model, model_validator

from shared.events import DOCTOR, HEADRACE
from shared.messaging.channels import CHANNELS, Channel
from shared.messaging.messages import LONGEST_WAIT
from shared.plan import property_types
from shared.records import Trust
from shared.tee import is_of_the_connection
from shared.workspace.model import (
    EmailSettings,
    Limits,
    Policy,
    PropertyDefinition,
    Settings,
    SmsSettings,
    Tee,
    Webhook,
)
from shared.workspace.write_keys import HASHED, PREFIX

CatalogueName = Literal["ecommerce", "delivery", "banking", "media", "saas", "games"]

NUMBERS = frozenset({"integer", "number"})

PARTS = {part.name: part for channel in CHANNELS.values() for part in channel.parts}
"""Of templates of any channel. Those that are more than a line may stand in a file of their own."""

RECEIVER_KEYS: dict[str, list[str]] = {}
"""Channels by the key with which their campaigns name a receiver."""
for _channel in CHANNELS.values():
    if _channel.receivers is not None:
        RECEIVER_KEYS.setdefault(_channel.receivers.key, []).append(_channel.name)

if TYPE_CHECKING:
    WithReceivers = str
else:
    WithReceivers = Literal[tuple(RECEIVER_KEYS["receiver"])]

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Hosts for which http is allowed: a webhook receiver on the laptop."""


HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,100}")
SECRET_HEADER = re.compile(r"authorization|passcode|password|secret|token|api-?key", re.IGNORECASE)


class Authored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if text != "*" and (text != f"{parts.scheme}://{parts.netloc}" or parts.scheme not in ("http", "https")):
        raise ValueError('should be "*" or like https://shop.example, without a path')
    return text


def _credential(text: str) -> str:
    if text.startswith("sha256:") and not re.fullmatch(HASHED, text):
        raise ValueError("should be `sha256:` and 64 hex digits; `headrace keys --hash` prints it")
    if text.startswith(PREFIX):
        raise ValueError(
            "looks like a write key: those are made by `headrace apply` and work without being listed"
        )
    return text


def _source_id(text: str) -> str:
    if text == HEADRACE:
        raise ValueError(f"`{HEADRACE}` is the source of Headrace's own events; choose another id")
    return _unreserved(text)


def _unreserved(text: str) -> str:
    if text == DOCTOR:
        raise ValueError(f"`{DOCTOR}` is reserved for `headrace doctor`; choose another id")
    return text


def _sender(text: str) -> str:
    from shared.text.email_addresses import sender  # with a library that nothing else of a workspace needs

    if sender(text) is None:
        raise ValueError(
            "is not an address that SES can send from; it should be like hello@shop.example, "
            "or Shop <hello@shop.example>"
        )
    return text


def _prefix(text: str) -> str:
    if not re.fullmatch(r"\+[1-9]\d{0,14}", text):
        raise ValueError('should be like "+1", in quotes')
    return text


def _sender_id(text: str) -> str:
    """https://docs.aws.amazon.com/sms-voice/latest/userguide/sender-id.html"""
    if not re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9-]{1,11}", text):
        raise ValueError("should have at most 11 letters, digits and hyphens, and at least one letter")
    return text


def _sender_number(text: str) -> str:
    """https://docs.aws.amazon.com/sns/latest/dg/channels-sms-originating-identities.html"""
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}|[0-9]{4,7}", text):
        raise ValueError('should be a number like "+18005550100" or a short code like "12345", in quotes')
    return text


def _webhook_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError("should begin with https://")
    return text


def _vendor_host(text: str) -> str:
    _webhook_url(text)
    parts = urlsplit(text)
    if not parts.hostname or "@" in parts.netloc or text != f"{parts.scheme}://{parts.netloc}":
        raise ValueError(
            "should be like https://eu1.api.vendor.example, without a path: the client's path is kept"
        )
    return text


def _vendor_header(name: str) -> str:
    if not HEADER_NAME.fullmatch(name) or is_of_the_connection(name):
        raise ValueError(f"`{name}` is not a header that can be set")
    if SECRET_HEADER.search(name):
        raise ValueError(f"`{name}` is secret: set it with `headrace tee secret`, and leave it out here")
    return name


Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
"""The id of something that only developers name. It is used in ids, metrics and links."""

EventId = Annotated[str, Field(min_length=1, max_length=200)]
PropertyName = Annotated[str, Field(min_length=1, max_length=200)]


class PropertyFile(PropertyDefinition):
    """One property, checked for rules that contradict each other."""

    allowed: Annotated[tuple[Any, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if self.pattern is not None and self.type != "string":
            raise ValueError(f"`pattern` is for strings, this is of type {self.type}")
        bounded = self.minimum is not None or self.maximum is not None
        if bounded and self.type not in NUMBERS:
            raise ValueError(f"`minimum` and `maximum` are for numbers, this is of type {self.type}")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError("`minimum` is above `maximum`")
        if self.allowed is not None and self.type == "object":
            raise ValueError("`allowed` is for single values and lists, not for objects")
        wrong = property_types.problem(self)
        if wrong is not None:
            raise ValueError(wrong)
        return self


class EventFile(Authored):
    name: Annotated[str, Field(min_length=1)] | None = None
    description: str = ""
    properties: dict[PropertyName, PropertyFile] = {}
    forward: bool = False
    forward_traits: tuple[str, ...] = ()


class PlanFile(Authored):
    catalogues: tuple[CatalogueName, ...] = ()
    events: dict[EventId, EventFile] = {}


class TeeFile(Tee):
    host: Annotated[str, AfterValidator(_vendor_host)]
    headers: dict[
        Annotated[str, AfterValidator(_vendor_header)], Annotated[str, Field(pattern=r"^[ -~]{1,500}$")]
    ] = Field(default_factory=dict)


class SourceFile(Authored):
    name: Annotated[str, Field(min_length=1)] | None = None
    trust: Trust
    policy: Policy = "lenient"
    origins: tuple[Annotated[str, AfterValidator(_origin)], ...] = ()
    accepts: tuple[Annotated[str, Field(min_length=1, max_length=512), AfterValidator(_credential)], ...] = ()
    key_pair: bool = False
    may_define: bool = False
    limits: Limits = Limits()
    tee: TeeFile | None = None

    @model_validator(mode="after")
    def _definitions_are_of_servers(self) -> Self:
        if self.may_define and self.trust != "server":
            raise ValueError("`may_define` is for sources with `trust: server`; a browser's key is public")
        return self

    @model_validator(mode="after")
    def _public_credentials_are_of_browsers(self) -> Self:
        """Every format accepts a credential. Whoever knows it can send as the source and, if that is a server, read
        people."""
        if self.trust == "server" and not all(
            credential.startswith("sha256:") for credential in self.accepts
        ):
            raise ValueError(
                "`accepts` of a source with `trust: server` lists secrets, each as `sha256:...`, which "
                "`headrace keys --hash` prints; public ones, such as an app id, are for `trust: browser`"
            )
        return self

    @model_validator(mode="after")
    def _origins_are_of_browsers(self) -> Self:
        if self.origins and self.trust != "browser":
            raise ValueError("`origins` are for sources with `trust: browser`; a server has none")
        return self

    @model_validator(mode="after")
    def _key_pairs_are_of_servers(self) -> Self:
        if self.key_pair and self.trust != "server":
            raise ValueError(
                "`key_pair` is for sources with `trust: server`; a browser could not keep its secret"
            )
        return self


class SourcesFile(Authored):
    sources: dict[Annotated[Id, AfterValidator(_source_id)], SourceFile] = {}


class CampaignFile(Authored):
    name: Annotated[str, Field(min_length=1)] | None = None
    event: EventId
    where: dict[str, Any] | None = None
    channel: Channel
    template: Id
    webhook: Id | None = None
    receiver: Id | None = None
    expires_minutes: Annotated[int, Field(ge=1, le=LONGEST_WAIT // timedelta(minutes=1))] | None = None

    @model_validator(mode="after")
    def _names_a_receiver_if_its_channel_has_some(self) -> Self:
        for key, channels in RECEIVER_KEYS.items():
            if (self.channel in channels) != (getattr(self, key) is not None):
                raise ValueError(
                    f"`{key}` is required with `channel: {' or '.join(channels)}`, and allowed only there"
                )
        return self


class CampaignsFile(Authored):
    campaigns: dict[Annotated[Id, AfterValidator(_unreserved)], CampaignFile] = {}


if TYPE_CHECKING:
    WithParts = Authored
else:
    WithParts = create_model(
        "WithParts",
        __base__=Authored,
        **{
            key: (str | None, None)
            for part in PARTS.values()
            for key in ((part.name,) if part.kind == "line" else (part.name, f"{part.name}_file"))
        },
    )


class TemplateFile(WithParts):
    """Each part is written here, or named as a file beside this one."""

    channel: Channel

    @model_validator(mode="after")
    def _has_each_part_once(self) -> Self:
        twice = next((part for part in PARTS if self.is_written(part) and self.is_filed(part)), None)
        if twice is not None:
            raise ValueError(f"`{twice}` and `{twice}_file` are both there; keep one")
        return self

    def is_written(self, part: str) -> bool:
        return getattr(self, part, None) is not None

    def is_filed(self, part: str) -> bool:
        return getattr(self, f"{part}_file", None) is not None


class TemplatesFile(Authored):
    templates: dict[Annotated[Id, AfterValidator(_unreserved)], TemplateFile] = {}


class EmailFile(EmailSettings):
    sender: Annotated[str, AfterValidator(_sender)] | None = None


class SmsFile(SmsSettings):
    allowed_prefixes: tuple[Annotated[str, AfterValidator(_prefix)], ...] = ()
    sender_id: Annotated[str, AfterValidator(_sender_id)] | None = None
    sender_number: Annotated[str, AfterValidator(_sender_number)] | None = None


class WebhookFile(Webhook):
    url: Annotated[str, AfterValidator(_webhook_url)]


class SettingsFile(Settings):
    email: EmailFile = EmailFile()
    sms: SmsFile = SmsFile()
    webhooks: dict[Id, WebhookFile] = Field(default_factory=dict)  # type: ignore[assignment]  # narrower
    receivers: dict[WithReceivers, tuple[Id, ...]] = Field(default_factory=dict)


class WorkspaceFile(Authored):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    settings: SettingsFile = SettingsFile()


KINDS: dict[str, type[Authored]] = {
    "workspace": WorkspaceFile,
    "sources": SourcesFile,
    "plan": PlanFile,
    "campaigns": CampaignsFile,
    "templates": TemplatesFile,
}
"""`<kind>.yaml`, or any number of files in a folder of that name."""
