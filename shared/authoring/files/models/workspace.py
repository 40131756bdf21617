"""`workspace.yaml`: the workspace's name, and the settings of channels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from shared.authoring.files.models.authored import Authored, Id
from shared.authoring.files.models.campaigns import RECEIVER_KEYS
from shared.authoring.files.models.web_addresses import https_url
from shared.workspace.model import EmailSettings, Settings, SmsSettings, Webhook

if TYPE_CHECKING:
    WithReceivers = str
else:
    WithReceivers = Literal[tuple(RECEIVER_KEYS["receiver"])]


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


class EmailFile(EmailSettings):
    sender: Annotated[str, AfterValidator(_sender)] | None = None


class SmsFile(SmsSettings):
    allowed_prefixes: tuple[Annotated[str, AfterValidator(_prefix)], ...] = ()
    sender_id: Annotated[str, AfterValidator(_sender_id)] | None = None
    sender_number: Annotated[str, AfterValidator(_sender_number)] | None = None


class WebhookFile(Webhook):
    url: Annotated[str, AfterValidator(https_url)]


class SettingsFile(Settings):
    email: EmailFile = EmailFile()
    sms: SmsFile = SmsFile()
    webhooks: dict[Id, WebhookFile] = Field(default_factory=dict)  # type: ignore[assignment]  # narrower
    receivers: dict[WithReceivers, tuple[Id, ...]] = Field(default_factory=dict)


class WorkspaceFile(Authored):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    settings: SettingsFile = SettingsFile()
