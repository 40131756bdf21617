"""A stage with a person whom email, SMS and push reach."""

from __future__ import annotations

from shared.messaging.channels import Channel
from tests.fakes.send_stage import SendStage


def stage(channel: Channel) -> SendStage:
    """A send stage of one channel, without a message yet."""
    made = SendStage(channel)
    made.person(email="ada@x.example", phone="+15550100123", consents={"sms": True, "push": True})
    return made
