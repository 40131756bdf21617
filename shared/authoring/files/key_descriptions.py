"""What every key of the workspace files means, in one sentence: for editors (JSON Schema) and for docs/workspace.md."""

from __future__ import annotations

from typing import Any

from shared.authoring.files.models.campaigns import RECEIVER_KEYS, CampaignFile, CampaignsFile
from shared.authoring.files.models.plan import EventFile, PlanFile, PropertyFile
from shared.authoring.files.models.sources import SourceFile, SourcesFile
from shared.authoring.files.models.tee import TeeFile
from shared.authoring.files.models.templates import PARTS, TemplateFile, TemplatesFile
from shared.authoring.files.models.workspace import (
    EmailFile,
    SettingsFile,
    SmsFile,
    WebhookFile,
    WorkspaceFile,
)
from shared.messaging.channels import CHANNELS, listed
from shared.workspace.limits import BATCH_BYTES, EVENT_BYTES, MOST_BATCH_BYTES, MOST_EVENT_BYTES, in_words
from shared.workspace.model import Limits

NAMES = listed([f"`{name}`" for name in CHANNELS])
WITH_RECEIVERS = listed([f"`channel: {name}`" for name in RECEIVER_KEYS["receiver"]])


def _parts() -> dict[str, str]:
    """Of each part of a template, the channels that have it."""
    said: dict[str, str] = {}
    for name in PARTS:
        having = [(channel, part) for channel in CHANNELS.values() if (part := channel.part(name))]
        label = "HTML" if name == "html" else name
        notes = "".join(dict.fromkeys(part.note for _, part in having))
        said[name] = f"The {label} of {listed([channel.message for channel, _ in having])}{notes or '.'}"
        if f"{name}_file" in TemplateFile.model_fields:
            said[f"{name}_file"] = f"A file beside this one with the `{name}`."
    return said


KEY_DESCRIPTIONS: dict[type[Any], dict[str, str]] = {
    WorkspaceFile: {
        "name": "What the workspace is called, in lists and reports.",
        "settings": "Settings for the whole workspace. Every key has a default.",
    },
    SettingsFile: {
        "session_idle_seconds": "A session ends when this many seconds pass without an event; `Session Concluded` has "
        "that time. An event at exactly that time starts the next session. Default: 30 minutes.",
        "person_events_per_day": "If a person has more events in a UTC day, from browsers or from servers, further "
        "ones are archived and counted, but not folded. Default: 10,000.",
        "timeline_days": "Days for which a person's latest events stay on the timeline. Default: 90.",
        "rejected_days": "Days for which rejected events can be replayed. Default: 30.",
        "email": "Settings of the channel `email`.",
        "sms": "Settings of the channel `sms`.",
        "webhooks": "Webhooks by id: the addresses that campaigns with `channel: webhook` post to.",
        "receivers": "By channel, the names that campaigns can give as their `receiver`. Set the secret of each with "
        "`headrace receivers set`.",
    },
    EmailFile: {
        "sender": "The sender of emails, such as `Shop <hello@shop.example>`, verified in SES. Without it "
        "no email is sent.",
        "resend_uncertain": "Send an email again if it is unknown whether it was sent. It may arrive twice. Default: "
        "off.",
    },
    SmsFile: {
        "allowed_prefixes": 'Prefixes of the numbers that SMS may go to, such as "+1". Other numbers are skipped.',
        "daily_spend_usd": "The most that SMS may cost in a UTC day, in dollars. Further ones are skipped for good. "
        "Default: 10.",
        "price_usd": "The price of one SMS, counted against the daily cap. Default: 0.01.",
        "type": "`transactional`, or `promotional` for advertising. Some countries treat them differently.",
        "sender_number": "Your number that SMS are sent from. The US requires one, see docs/operating.md.",
        "sender_id": "The sender's name that receivers see, in countries that allow one.",
    },
    WebhookFile: {
        "url": "An https address on the public internet. Calls are signed with a secret that `headrace "
        "apply` creates."
    },
    SourcesFile: {"sources": "The sources that may send, by id."},
    SourceFile: {
        "name": "A name for people. Default: the id.",
        "trust": "`server`, or `browser` if the key is public. A browser's source cannot merge or change "
        "people by guessing their ids.",
        "policy": (
            "`strict` rejects what the plan does not define. `lenient` accepts it (undefined "
            "properties as text) and `headrace plan` lists it. `observe` accepts everything and only "
            "reports. Default: `lenient`."
        ),
        "origins": 'For browsers: the origins of pages that may send, such as https://shop.example, or "*". '
        "Default: any.",
        "accepts": (
            "Credentials that clients of another vendor already send, such as an app id or "
            "`KEY:SECRET`. They work like the write key. Write a server's secret ones as "
            "`sha256:...`, which `headrace keys --hash` prints."
        ),
        "key_pair": (
            "Create a key pair that AWS clients sign with (Amazon Pinpoint). `headrace keys --pairs` "
            "shows it. For servers. Default: off."
        ),
        "may_define": (
            "Let clients add event definitions and properties to the plan, if their format can "
            "(Infobip). For servers. Default: off."
        ),
        "limits": "Limits on what the source may send.",
        "tee": "Also forward its requests, unchanged, to the vendor that its clients used before: "
        "docs/tee.md.",
    },
    TeeFile: {
        "host": "The vendor's host, such as https://eu1.api.vendor.example. Path, query and body stay the "
        "client's.",
        "headers": (
            "Headers that replace the client's own. Do not write secret ones here; use `headrace tee secret`."
        ),
    },
    Limits: {
        "event_bytes": f"The largest event, at most {in_words(MOST_EVENT_BYTES)}. Default: {in_words(EVENT_BYTES)}.",
        "batch_bytes": f"The largest batch, at most {in_words(MOST_BATCH_BYTES)}. Default: {in_words(BATCH_BYTES)}.",
        "oldest_days": "Older events are rejected as `too_old`. Default: ten years.",
        "future_seconds": "Events further in the future are rejected as `in_future`. Default: a day.",
        "events_per_second": "The quota of each running function; more events are answered with 429. Default: no "
        "limit.",
    },
    PlanFile: {
        "catalogues": (
            "Ready event definitions to include, listed in docs/events.md: `ecommerce`, `delivery`, "
            "`banking`, `media`, `saas`, `games`. An event that several catalogues define gets the "
            "properties of all. An event defined here replaces theirs entirely."
        ),
        "events": "Event definitions, by the id that developers send.",
    },
    EventFile: {
        "name": "The name that marketers see, in any language. Default: the id.",
        "description": "What happened, in a sentence.",
        "properties": "The event's properties, by name. A name starts with a lowercase letter or a digit.",
        "forward": "Publish each of these events on the bus, for your own routes. Default: off.",
        "forward_traits": "The person's traits to publish with the event.",
    },
    PropertyFile: {
        "type": "`string`, `integer`, `number`, `boolean`, `date`, `datetime`, `list` or `object`.",
        "required": "Reject events without this property (`strict` and `lenient`).",
        "allowed": "The only allowed values; for a list, the only allowed items.",
        "minimum": "The smallest number.",
        "maximum": "The largest number.",
        "pattern": "A regular expression that the string must match somewhere. Use `^` and `$` to match the "
        "whole string.",
        "personal": "Whether the property is personal data.",
        "description": "The meaning of the value, and its unit.",
    },
    CampaignsFile: {"campaigns": "Campaigns, by id."},
    CampaignFile: {
        "name": "A name for people. Default: the id.",
        "event": (
            "The event that triggers the campaign: one of the plan, or one of Headrace's own such as "
            "`Session Concluded` (docs/events.md)."
        ),
        "where": "A condition that must hold. Without it, every such event triggers the campaign.",
        "channel": f"{NAMES}.",
        "template": "The id of a template for that channel.",
        "webhook": "For `channel: webhook`: the id of the webhook in `settings.webhooks`.",
        "receiver": f"For {WITH_RECEIVERS}: the name of the receiver in `settings.receivers`.",
        "expires_minutes": "A message that has not been sent this many minutes after its event expires. Default: 13 "
        "days.",
    },
    TemplatesFile: {"templates": "Templates, by id."},
    TemplateFile: {
        "channel": f"{NAMES}.",
        **_parts(),
    },
}
