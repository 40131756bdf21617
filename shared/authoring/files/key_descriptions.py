"""What every key of the workspace files means, in one sentence: for editors (JSON Schema) and for docs/workspace.md."""

from __future__ import annotations

from typing import Any

from shared.authoring.files.models import (
    CampaignFile,
    CampaignsFile,
    EmailFile,
    EventFile,
    PlanFile,
    PropertyFile,
    SettingsFile,
    SmsFile,
    SourceFile,
    SourcesFile,
    TeeFile,
    TemplateFile,
    TemplatesFile,
    WebhookFile,
    WorkspaceFile,
)
from shared.workspace.model import Limits

KEY_DESCRIPTIONS: dict[type[Any], dict[str, str]] = {
    WorkspaceFile: {
        "name": "What the workspace is called, in lists and reports.",
        "settings": "What concerns everybody; every key has a default.",
    },
    SettingsFile: {
        "session_idle_seconds": "A session ends after this long without an event, and `Session Concluded` has that "
        "time; an event at that very moment begins the next. 30 minutes unless set.",
        "person_events_per_day": "A person who sends more in a UTC day, by browsers or by servers, is archived and "
        "counted, not folded. 10,000.",
        "timeline_days": "How long a person's latest events are kept on the timeline. 90.",
        "rejected_days": "How long rejected events can be replayed. 30.",
        "email": "Email.",
        "sms": "Text messages.",
        "webhooks": "Webhooks by id: where campaigns with `channel: webhook` post to.",
    },
    EmailFile: {
        "sender": "Who emails come from, `Shop <hello@shop.example>`; verified in SES. Without it none is sent.",
        "resend_uncertain": "Send an email again when nobody knows whether it left. It may come twice. Off.",
    },
    SmsFile: {
        "allowed_prefixes": 'Beginnings of numbers that SMS may go to, such as "+1"; others are skipped.',
        "daily_spend_usd": "No more SMS in a UTC day than this many dollars: others are skipped, for good. 10.",
        "price_usd": "What one SMS is counted with against the cap. 0.01.",
        "type": "`transactional`, or `promotional` for advertising. Some countries treat them differently.",
        "sender_number": "The number SMS come from, one of yours: the US takes none without. docs/operating.md.",
        "sender_id": "The name that receivers see, in countries that allow one.",
    },
    WebhookFile: {
        "url": "An https address on the public internet. Calls are signed; the secret is made by apply."
    },
    SourcesFile: {"sources": "Who may send, by id."},
    SourceFile: {
        "name": "What people call it; its id unless set.",
        "trust": "`server`, or `browser` when the key is public: then people cannot be merged or changed by guessing.",
        "policy": (
            "`strict` refuses what the plan does not define, `lenient` takes it (undefined properties as text; "
            "`headrace plan` lists it), "
            "`observe` takes everything and only reports. Lenient unless set."
        ),
        "origins": 'For browsers: pages that may send, such as https://shop.example, or "*". Any unless set.',
        "accepts": (
            "What clients of another vendor show already, taken like the write key: an app id, `KEY:SECRET`. "
            "A server's, which are secret, as `sha256:...`, which `headrace keys --hash` prints."
        ),
        "key_pair": (
            "Make a key pair that AWS clients sign with (Amazon Pinpoint): `headrace keys --pairs` shows it. "
            "For servers. Off."
        ),
        "may_define": (
            "Its clients may add event definitions to the plan, and properties to them, where their format can "
            "(Infobip). For servers. Off."
        ),
        "limits": "What it may send.",
        "tee": "Forward what it sends to the vendor it came from as well, as it came: docs/tee.md.",
    },
    TeeFile: {
        "host": "Where to, such as https://eu1.api.vendor.example; path, query and body stay the client's.",
        "headers": (
            "Headers set instead of the client's own. Secret ones are not written here: `headrace tee secret`."
        ),
    },
    Limits: {
        "event_bytes": "The largest event, 128 KB at most. 32 KB unless set.",
        "batch_bytes": "The largest batch, 4 MB at most. 500 KB unless set.",
        "oldest_days": "Older events are rejected as `too_old`. Ten years unless set.",
        "future_seconds": "Events further ahead than this are rejected as `in_future`. A day unless set.",
        "events_per_second": "More, per running function, are answered with 429. No limit unless set.",
    },
    PlanFile: {
        "catalogues": (
            "Ready event definitions to include, listed in docs/events.md: `ecommerce`, `delivery`, `banking`, "
            "`media`, `saas`, `games`. "
            "An event that several have gets the properties of all; one defined here replaces theirs whole."
        ),
        "events": "Event definitions, by the id that developers send.",
    },
    EventFile: {
        "name": "What marketers read, in any language; the id unless set.",
        "description": "What happened when this event comes.",
        "properties": "Its properties, by name. A name starts with a lowercase letter or a digit.",
        "forward": "Put each of these events on the bus, for the operator's own routes. Off unless set.",
        "forward_traits": "Traits of the person to send along with it.",
    },
    PropertyFile: {
        "type": "`string`, `integer`, `number`, `boolean`, `date`, `datetime`, `list` or `object`.",
        "required": "Refuse the event without it (`strict` and `lenient`).",
        "allowed": "The only values there may be; for a list, the only items.",
        "minimum": "The smallest number.",
        "maximum": "The largest number.",
        "pattern": "A regular expression that the string must match somewhere; `^` and `$` make it the whole.",
        "personal": "It is personal data.",
        "description": "What the value means, and its unit.",
    },
    CampaignsFile: {"campaigns": "Campaigns, by id."},
    CampaignFile: {
        "name": "What people call it; its id unless set.",
        "event": (
            "The event that sets it off: one of the plan, or one of ours such as `Session Concluded` (docs/events.md)."
        ),
        "where": "A condition that must hold. Without it every such event counts.",
        "channel": "`email`, `sms`, `push` or `webhook`.",
        "template": "The id of a template for that channel.",
        "webhook": "For `channel: webhook`: which of `settings.webhooks` to call.",
        "expires_minutes": "A message that has not left so long after its event is not sent. 13 days unless set.",
    },
    TemplatesFile: {"templates": "Templates, by id."},
    TemplateFile: {
        "channel": "`email`, `sms`, `push` or `webhook`.",
        "subject": "Of an email.",
        "title": "Of a push message.",
        "html": "Of an email; values are escaped. An email has `html`, `text` or both.",
        "html_file": "A file beside this one that has the `html`.",
        "text": "Of an email, an SMS or a push message.",
        "text_file": "A file beside this one that has the `text`.",
        "body": "Of a webhook: JSON, its values written with the filter `json`.",
        "body_file": "A file beside this one that has the `body`.",
    },
}
