"""The files of a new workspace, as text."""

from __future__ import annotations

import os
import re
from pathlib import Path

from cli.checkout import ROOT
from cli.starting.choices import Choices
from cli.starting.industries import FRIEND, OwnEvent, Starter
from shared.messaging.channels import Channel

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 .]*[A-Za-z0-9.]")
"""Text that YAML takes for text without quotes."""

SCORES = {"stars": (1, 5), "score": (0, 10)}


def files(choices: Choices, directory: Path) -> dict[str, str]:
    """By their path in the folder."""
    written = {
        "workspace.yaml": _workspace(choices),
        "sources.yaml": _sources(choices),
        "plan/plan.yaml": _plan(choices),
        "campaigns/campaigns.yaml": _campaigns(choices),
        "templates/templates.yaml": _templates(choices),
    }
    if "email" in choices.channels:
        written["templates/welcome.html.liquid"] = _welcome_html(choices)
    headed = {path: _for_editors(directory / path) + text for path, text in written.items()}
    return {"README.md": _readme(choices, directory), **headed}


def starters(choices: Choices) -> dict[Channel, Starter]:
    """One campaign per channel."""
    welcome = Starter("welcome", "Welcome", choices.industry.welcome, {})
    return {"email": welcome, **choices.industry.campaigns}


def example_event(own: OwnEvent, score: int) -> str:
    """The command's words for the event of one's own."""
    return f'"{own.id}" --user u1 -p {own.subject}=i1 -p {own.score}={score}'


def _for_editors(file: Path) -> str:
    """The first line by which an editor completes and checks, inside of the checkout that has the schemas."""
    if file.suffix != ".yaml" or not file.resolve().is_relative_to(ROOT):
        return ""
    schema = ROOT / "docs" / "schemas" / f"{file.stem}.json"
    return f"# yaml-language-server: $schema={os.path.relpath(schema, file.resolve().parent)}\n"


def _quoted(text: str) -> str:
    """As YAML takes any text, with no more marks than it needs."""
    if PLAIN.fullmatch(text) and text.lower() not in ("true", "false", "null"):
        return text
    if "'" in text and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def _workspace(choices: Choices) -> str:
    lines = [f"name: {_quoted(choices.name)}", "", "settings:"]
    lines += ["  timeline_days: 90            # how long a person's events are shown; the lake keeps them"]
    if "email" in choices.channels:
        lines += [
            "  email:",
            f"    sender: {_quoted(choices.sender)}   # on AWS an identity that SES has verified",
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
    return "\n".join(lines) + "\n"


def _sources(choices: Choices) -> str:
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


def _plan(choices: Choices) -> str:
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


def _campaigns(choices: Choices) -> str:
    lines = [
        "# When this event arrives and the condition holds, send this template on this channel, once per event.",
        "campaigns:",
    ]
    for channel in choices.channels:
        one = starters(choices)[channel]
        lines += [f"  {one.id}:", f"    name: {one.name}", f"    event: {one.event}"]
        lines += [f"    where: {one.where}"] if one.where else []
        lines += [f"    channel: {channel}"]
        lines += ["    webhook: crm"] if channel == "webhook" else []
        lines += [f"    template: {one.id}", ""]
    return "\n".join(lines)


def _templates(choices: Choices) -> str:
    lines = [
        "# Liquid over `properties`, `traits`, `event` and `person`. A value that may be missing needs a default.",
        "# See what they make: headrace template preview",
        "templates:",
    ]
    for channel in choices.channels:
        one = starters(choices)[channel]
        lines += [f"  {one.id}:", f"    channel: {channel}"]
        if channel == "email":
            lines += [
                f"    subject: 'Welcome, {FRIEND}'",
                "    html_file: welcome.html.liquid",
                "    text: |",
                f"      Hello {FRIEND},",
                "",
                f"      thank you for joining {choices.name}.",
            ]
        for part, text in one.parts.items():
            if "\n" in text:
                lines += [f"    {part}: |", *(f"      {line}" for line in text.split("\n"))]
            else:
                lines += [f"    {part}: {_quoted(text)}"]
        lines += [""]
    return "\n".join(lines)


def _welcome_html(choices: Choices) -> str:
    name = choices.name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"""\
<!doctype html>
<html lang="en">
  <body style="font-family: sans-serif">
    <h1>Welcome, {FRIEND}!</h1>
    <p>Thank you for joining {name}.</p>
  </body>
</html>
"""


def _readme(choices: Choices, directory: Path) -> str:
    own = choices.industry.own_event
    _, most = SCORES[own.score]
    welcome = choices.industry.welcome
    return f"""\
# {choices.name}

A workspace of Headrace: what may be sent, by whom, and which messages follow.

| file | what is in it |
|---|---|
| `workspace.yaml` | its name and settings |
| `sources.yaml` | who may send: {", ".join(choices.sources)} |
| `plan/` | the ready catalogue `{choices.industry.catalogue}`, and your own events |
| `campaigns/` | which event sends which message: {", ".join(starters(choices)[one].id for one in choices.channels)} |
| `templates/` | what those messages say |

```
headrace lint {directory}
headrace apply {directory}
headrace keys
headrace send "{welcome}" --user u1 -t email=you@example.com -t first_name=Ann
headrace messages
```

`headrace send {example_event(own, most)}` is accepted; with {most + 1} it is refused, and
`headrace rejected list` says why. Email goes to everybody who did not object; SMS and push only to people who agreed
(`-t 'consents={{"sms": true}}'`).
"""
