"""Slack: a post in a channel of Slack's, by an incoming webhook. Its URL is a secret: whoever has it can post there.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shared.messaging.channels.declaration import (
    ChannelDeclaration,
    Part,
    Receivers,
    ReceiverSecret,
    Unsendable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
"""Slack's own, and GovSlack's: https://docs.slack.dev/govslack"""

LONGEST_TEXT = 40_000
"""Characters; Slack cuts what is longer: https://docs.slack.dev/changelog/2018-truncating-really-long-messages"""

MOST_BLOCKS = 50
"""Of one message: https://docs.slack.dev/reference/block-kit/blocks"""

CONTROL = re.compile(r"&(?!(?:amp|lt|gt);)|[<>]")
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escaped(text: str) -> str:
    """The text without what Slack would take for a link, a mention or a command. What is escaped already stays so, as
    when a value was captured before it was written.

    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return CONTROL.sub(lambda found: ESCAPES[found[0]], text)


def url_problem(text: str) -> str | None:
    """Why the text is no incoming webhook's URL; None when it is one."""
    from shared.outgoing.calls import is_at  # with a library that `collect` does not need

    if not is_at(text, HOSTS):
        return "an incoming webhook is like https://hooks.slack.com/services/T…/B…/…"
    return None


def _unsendable(parts: Mapping[str, str]) -> Unsendable | None:
    import orjson

    text = parts["text"].strip()
    if not text:
        return Unsendable("text", "is empty", "Slack takes no post without a text.")
    if len(text) > LONGEST_TEXT:
        says = f"has {len(text)} characters, and {LONGEST_TEXT} are the most"
        return Unsendable("text", says, "Say it shorter, or cut values with `truncate`.")
    blocks = orjson.loads(parts["blocks"]) if "blocks" in parts else []
    if not isinstance(blocks, list) or len(blocks) > MOST_BLOCKS:
        says = f"is no list of at most {MOST_BLOCKS} blocks"
        return Unsendable("blocks", says, "https://docs.slack.dev/reference/block-kit/blocks")
    return None


SLACK = ChannelDeclaration(
    name="slack",
    message="a Slack message",
    parts=(
        Part("text", "text", escape=escaped),
        Part(
            "blocks",
            "json",
            required=False,
            escape=escaped,
            note=", as a JSON list. Write values with the filter `json`; notifications show `text`.",
        ),
    ),
    consent="not_asked",
    calls_out=True,
    queue="webhook",
    receivers=Receivers(
        "receiver", ("receivers", "slack"), lambda settings: settings.receivers.get("slack", ())
    ),
    secret=ReceiverSecret("incoming webhook's URL", url_problem),
    unsendable=_unsendable,
    reasons=(
        ("channel_not_configured", "the receiver has no URL: headrace receivers set slack NAME"),
        ("address_not_valid", "the receiver's URL is no incoming webhook of Slack's"),
    ),
)
