"""The YAML of a new workspace: its settings, its sources and its plan."""

from __future__ import annotations

import re

from cli.starting.choices import Choices
from cli.starting.receivers import RECEIVER, has_receivers

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 .]*[A-Za-z0-9.]")
"""Text that YAML takes for text without quotes."""

SCORES = {"stars": (1, 5), "score": (0, 10)}


def quoted(text: str) -> str:
    """As YAML takes any text, with no more marks than it needs."""
    if PLAIN.fullmatch(text) and text.lower() not in ("true", "false", "null"):
        return text
    if "'" in text and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def workspace(choices: Choices) -> str:
    """`workspace.yaml`: the name, and the settings that the chosen channels need."""
    lines = [f"name: {quoted(choices.name)}", "", "settings:"]
    lines += ["  timeline_days: 90            # how long a person's events are shown; the lake keeps them"]
    if "email" in choices.channels:
        lines += [
            "  email:",
            f"    sender: {quoted(choices.sender)}   # on AWS an identity that SES has verified",
        ]
    if "sms" in choices.channels:
        lines += [
            "  sms:",
            '    allowed_prefixes: ["+1"]   # numbers with other prefixes get no SMS',
            "    daily_spend_usd: 10",
            "    price_usd: 0.01            # the price of one SMS, counted against the cap",
        ]
    if "webhook" in choices.channels:
        lines += [
            "  webhooks:",
            "    crm:",
            "      url: https://crm.example/headrace   # `headrace apply` creates its signing secret",
        ]
    receivers = [channel for channel in choices.channels if has_receivers(channel)]
    if receivers:
        lines += ["  receivers:   # what reaches them: headrace receivers set, after `headrace apply`"]
        lines += [f"    {channel}: [{RECEIVER}]" for channel in receivers]
    return "\n".join(lines) + "\n"


def sources(choices: Choices) -> str:
    """`sources.yaml`: every source strict, with its trust."""
    lines = [
        "# The sources that may send. `headrace apply` creates their write keys; `headrace keys` shows them.",
        "# `strict`: what the plan does not define is refused, and kept: `headrace rejected list` shows it, and",
        "# `headrace rejected replay` brings it in. `lenient` takes it, properties as text: `headrace plan` lists it.",
        "sources:",
    ]
    for name, trust in choices.sources.items():
        lines += [f"  {name}:"]
        if trust == "server":
            lines += [
                "    trust: server",
                "    policy: strict",
            ]
        else:
            lines += [
                "    trust: browser             # its key is public: it cannot merge people or change an address",
                "    policy: strict             # lenient for SDKs that send events of their own, such as $autocapture",
                '    origins: ["*"]             # name your pages: ["https://shop.example"]',
            ]
        lines += [""]
    return "\n".join(lines)


def plan(choices: Choices) -> str:
    """`plan.yaml`: the industry's catalogue, and the event that it does not have."""
    own = choices.industry.own_event
    least, most = SCORES[own.score]
    return f"""\
# The tracking plan: a ready catalogue of events, and what you have besides.
# Its events and their properties: headrace catalogue {choices.industry.catalogue}
catalogues: [{choices.industry.catalogue}]

events:
  {own.id}:
    name: {own.id}             # what marketers read, in any language; developers send the id
    description: {own.description}
    properties:
      {own.subject}: {{type: string, required: true}}
      {own.score}: {{type: integer, required: true, minimum: {least}, maximum: {most}}}
      comment: {{type: string, personal: true}}
"""
