"""Whom a new workspace's campaigns are for on channels such as Slack."""

from __future__ import annotations

from cli.starting.choices import Choices
from shared.messaging.channels import CHANNELS, Channel

RECEIVER = "team"
"""Whom campaigns of channels with receivers are for, such as a channel of Slack's."""


def has_receivers(channel: Channel) -> bool:
    """Whether the channel's campaigns name a receiver of `settings.receivers`, whose secret is set by the command."""
    return CHANNELS[channel].secret is not None


def secrets_to_set(choices: Choices) -> list[str]:
    """The commands that set what reaches the receivers, once the workspace is applied."""
    return [
        f"headrace receivers set {channel} {RECEIVER}"
        for channel in choices.channels
        if has_receivers(channel)
    ]
