"""The YAML of a new workspace's campaigns and templates, one for each channel."""

from __future__ import annotations

from cli.starting.choices import Choices
from cli.starting.industries.industry import FRIEND, Starter
from cli.starting.receivers import RECEIVER, has_receivers
from cli.starting.workspace_texts import quoted
from shared.messaging.channels import Channel


def starters(choices: Choices) -> dict[Channel, Starter]:
    """The campaign of every channel that a workspace can begin with, chosen or not."""
    welcome = Starter("welcome", "Welcome", choices.industry.welcome, {})
    return {"email": welcome, **choices.industry.campaigns}


def campaigns(choices: Choices) -> str:
    """`campaigns.yaml`: one for each chosen channel."""
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
        lines += [f"    receiver: {RECEIVER}"] if has_receivers(channel) else []
        lines += [f"    template: {one.id}", ""]
    return "\n".join(lines)


def templates(choices: Choices) -> str:
    """`templates.yaml`: what those campaigns send. The email's HTML has a file of its own (`welcome_html`)."""
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
                lines += [f"    {part}: {quoted(text)}"]
        lines += [""]
    return "\n".join(lines)


def welcome_html(choices: Choices) -> str:
    """The HTML of the email that greets somebody, in Liquid."""
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
