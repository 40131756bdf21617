"""Whether SES will send from a workspace's sender: asked before the first message is refused for it."""

from __future__ import annotations

from cli.doctor.accounts import of_identity, sender_of
from cli.doctor.finding import Finding, State, attention
from shared.aws.email_account import is_verified
from shared.ports import Unavailable
from shared.workspace import Workspace


def warning(workspace: Workspace) -> Finding | None:
    """What is missing on AWS, and what to do about it. None when nothing is, or nothing is sent by email."""
    used = any(campaign.channel == "email" for campaign in workspace.campaigns)
    address = sender_of(workspace)
    if address is None and not used:
        return None
    try:
        found = of_identity(address, is_verified(address) if address else None, used=used)
    except Unavailable as error:
        return attention(
            f"whether SES sends from {address} cannot be seen: {error}",
            "It takes ses:GetEmailIdentity. headrace doctor looks at it too.",
        )
    return None if found.state is State.OK else found
