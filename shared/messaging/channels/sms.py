"""SMS: to the person's `phone` trait, in the countries the workspace allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.messaging.channels.declaration import ChannelDeclaration, Need, Part, Unsendable

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 1600
"""Characters of one SMS that SNS takes: https://docs.aws.amazon.com/sns/latest/dg/sms_sending-overview.html"""


def _unsendable(parts: Mapping[str, str]) -> Unsendable | None:
    text = parts["text"].strip()
    if not text:
        return Unsendable("text", "is empty", "An SMS without text is not sent.")
    if len(text) > LONGEST:
        return Unsendable(
            "text",
            f"has {len(text)} characters, and {LONGEST} are the most",
            "Say it shorter, or cut values with `truncate`.",
        )
    return None


SMS = ChannelDeclaration(
    name="sms",
    message="an SMS",
    parts=(Part("text", "text"),),
    consent="must_be_given",
    needs=(
        Need(
            ("sms", "allowed_prefixes"),
            lambda settings: not settings.sms.allowed_prefixes,
            "sends SMS, but `settings.sms.allowed_prefixes` allows no number",
            'Name the countries in workspace.yaml, such as ["+1"].',
        ),
    ),
    unsendable=_unsendable,
    reasons=(
        (
            "address_not_valid",
            "the trait `phone` is not international: +43 660 1234 and 0043 660 1234 are",
        ),
        ("no_address", "the person has no trait `phone`"),
        ("consent_not_given", """an SMS needs the person's consent: -t 'consents={"sms":true}'"""),
    ),
)
