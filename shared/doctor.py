"""What is reserved for `headrace doctor`: a source, its keys, a person and a message, in every stack and workspace.

Its events go the way of all others, so that they prove it, and mean nothing to anybody else: no campaign, route or
session of the workspace sees them, and they are in no list or view. What decides is the source, which `collect` knows
by the key and writes into the record; nothing that a client says makes an event the doctor's.

The keys follow from the one that is generated with the stack, so that they are there before a workspace is applied and
whatever is applied. The source is a browser's: whoever knows its key can read nothing and define nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.events import DOCTOR
from shared.workspace.model import Campaign, Source, Template
from shared.workspace.write_keys import PREFIX, key_hash

PERSON = DOCTOR
"""The user id of the one person its events are of: profiles do not pile up, however often it runs."""

DAYS_KEPT = 1
"""Of what expires: timeline and rejected events."""

MESSAGE_ASKED = "Headrace Doctor Message"
"""The event that asks for the message, and the only one that does."""

MAILBOX = "success@simulator.amazonses.com"
"""SES's own: it takes everything, costs what any message costs, and counts neither as a bounce nor as a complaint.
https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html"""

CAMPAIGN = Campaign(
    id=DOCTOR,
    name="headrace doctor",
    event=MESSAGE_ASKED,
    channel="email",
    template=DOCTOR,
    expires_minutes=15,
)
# Nothing that its event says: whoever has the key must not write to anybody in the operator's name.
TEMPLATE = Template(
    id=DOCTOR,
    channel="email",
    parts={
        "subject": "headrace doctor",
        "text": "Sent by the stack to a simulator.",
    },
)


class Keys(NamedTuple):
    """A write key, and a key pair for clients that sign as AWS's do."""

    write_key: str
    access_key_id: str
    secret_access_key: str


def keys(secret: Mapping[str, Any]) -> Keys | None:
    """Those of a stack, by the secret that holds its write keys; None when it has no key of its own."""
    root = secret.get("default_write_key")
    if not isinstance(root, str) or not root:
        return None

    def derived(word: str) -> bytes:
        return hmac.digest(root.encode("utf-8", "surrogatepass"), f"{DOCTOR} {word}".encode(), hashlib.sha256)

    return Keys(
        write_key=PREFIX + base64.urlsafe_b64encode(derived("write key")[:24]).decode(),
        access_key_id="HR" + base64.b32encode(derived("access key id")[:12]).decode()[:18],
        secret_access_key=base64.urlsafe_b64encode(derived("secret access key")[:30]).decode(),
    )


def source(secret: Mapping[str, Any]) -> Source | None:
    """The source as `collect` knows it. It observes: no tracking plan is a reason to refuse what it sends."""
    made = keys(secret)
    if made is None:
        return None
    return Source(
        id=DOCTOR,
        name="headrace doctor",
        trust="browser",
        policy="observe",
        key_hashes=(key_hash(made.write_key),),
        key_pair=True,
        access_key_id=made.access_key_id,
    )


def days_kept(of_source: str, days: int) -> int:
    """How long something of this source is kept, where everybody else's is for so many days."""
    return min(days, DAYS_KEPT) if of_source == DOCTOR else days


def is_reserved(value: str) -> bool:
    """Whether an id is the doctor's own: the person's, or one that begins like it. No other source may name it."""
    return value.startswith(PERSON)
