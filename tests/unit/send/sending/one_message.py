"""Ada, whom every channel reaches, and what became of one message to her."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from shared.fold.parts.devices.device import Device
from shared.messaging.channels import Channel
from shared.messaging.messages import Status, Why
from shared.workspace.model import Workspace
from tests.fakes.send_stage import SHOP, SendStage, device


def moved(name: str, platform: str = "android") -> Device:
    """A device whose token went to somebody else."""
    return replace(device(name, platform), token_moved=True)


WITHOUT_TOKEN = replace(device("i1"), token=None)
ADA: dict[str, Any] = {
    "email": "ada@x.example",
    "phone": "+1 (555) 010-0123",
    "devices": [device("a1"), device("i1", "ios")],
    "consents": {"sms": True, "push": True},
}


def stage(channel: Channel, workspace: Workspace = SHOP, **facts: Any) -> SendStage:
    """A stage with Ada and one message to her; `facts` replace what is known of her."""
    made = SendStage(channel, workspace)
    made.person(**{**ADA, **facts})
    return made


def outcome(made: SendStage) -> tuple[Status, Why | None, str | None]:
    """Run the one message that waits, to its end."""
    assert made.invoke() == []
    return made.logged.status, made.logged.reason, made.logged.to
