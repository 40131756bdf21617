"""The names that are reserved for `headrace doctor` in every stack and workspace: a source, its keys, a person and a
message.

The doctor's events take the same path as all others, but have no effect on anything else: no campaign, route or session
of the workspace sees them, and no list or view shows them. `collect` recognises the source by its key and writes it
into the record. Nothing in a client's event can make it the doctor's.

The keys are derived from the key that is generated with the stack, so they exist before a workspace is applied, and
with any workspace. The source is a browser's, so its key can read nothing and define nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.events import DOCTOR
from shared.text.surrogates import as_bytes
from shared.workspace.model import Campaign, Source, Template
from shared.workspace.write_keys import PREFIX, key_hash

PERSON = DOCTOR
"""The user id of the one person that its events are about, so that runs do not create more and more profiles."""

DAYS_KEPT = 1
"""Days after which its timeline and rejected events expire."""

MESSAGE_ASKED = "Headrace Doctor Message"
"""The only event that requests the doctor's message."""

MAILBOX = "success@simulator.amazonses.com"
"""SES's mailbox simulator. It accepts everything, costs the price of any message, and counts neither as a bounce nor as
a complaint. https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html"""

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
    """A write key, and a key pair for clients that sign like AWS's own."""

    write_key: str
    access_key_id: str
    secret_access_key: str


def keys(secret: Mapping[str, Any]) -> Keys | None:
    """The doctor's keys, derived from the secret with the stack's write keys. None if that has no
    `default_write_key`."""
    root = secret.get("default_write_key")
    if not isinstance(root, str) or not root:
        return None

    def derived(word: str) -> bytes:
        return hmac.digest(as_bytes(root), f"{DOCTOR} {word}".encode(), hashlib.sha256)

    return Keys(
        write_key=PREFIX + base64.urlsafe_b64encode(derived("write key")[:24]).decode(),
        access_key_id="HR" + base64.b32encode(derived("access key id")[:12]).decode()[:18],
        secret_access_key=base64.urlsafe_b64encode(derived("secret access key")[:30]).decode(),
    )


def source(secret: Mapping[str, Any]) -> Source | None:
    """The source for `collect`. Its policy is `observe`, so no tracking plan rejects its events."""
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
    """Days for which data of this source is kept, if data of all other sources is kept for `days`."""
    return min(days, DAYS_KEPT) if of_source == DOCTOR else days


def is_reserved(value: str) -> bool:
    """Whether an id is the doctor's person's, or begins like it. No other source may name it."""
    return value.startswith(PERSON)
