"""Whether SES will send from a workspace's sender: asked before the first message is refused for it.

It stops nothing: what is sent meanwhile waits for nothing, and says in the log why it was refused.
"""

from __future__ import annotations

from cli.doctor.accounts import of_identity, sender_of
from cli.doctor.finding import State, attention
from shared.authoring.compiling import Compiled
from shared.authoring.findings import Finding
from shared.aws.providers.email_account import is_verified
from shared.failures import Unavailable


def findings(compiled: Compiled) -> list[Finding]:
    """What is missing on AWS, and what to do about it; nothing when nothing is, or nothing is sent by email."""
    used = any(campaign.channel == "email" for campaign in compiled.workspace.campaigns)
    address = sender_of(compiled.workspace)
    if address is None and not used:
        return []
    try:
        found = of_identity(address, is_verified(address) if address else None, used=used)
    except Unavailable as error:
        found = attention(
            f"it cannot be checked whether SES may send from {address}: {error}",
            "This needs ses:GetEmailIdentity. headrace doctor checks it too.",
        )
    if found.state is State.OK:
        return []
    place = compiled.place("settings", "email", "sender")
    return [Finding(place, "sender-not-verified", "warning", found.detail, found.do)]
