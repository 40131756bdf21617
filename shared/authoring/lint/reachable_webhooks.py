"""Webhooks that only a laptop can call: on AWS `send` calls https, and public addresses only."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from shared.authoring.compiling import Compiled
from shared.authoring.findings import Finding
from shared.outgoing.public_addresses import is_public

PRIVATE_NAMES = ("localhost", "local", "internal", "lan", "home", "corp", "test", "localdomain")
"""Ends of host names that no public resolver knows: RFC 6761, and appendix G of RFC 6762."""


def check(compiled: Compiled) -> Iterator[Finding]:
    for name, webhook in compiled.workspace.settings.webhooks.items():
        why = only_on_a_laptop(webhook.url)
        if why is None:
            continue
        yield Finding(
            compiled.place("settings", "webhooks", name, "url"),
            "laptop-only",
            "warning",
            f"webhook `{name}` works on the laptop only: {why}",
            "Before you deploy to AWS, give it an https:// URL that the internet reaches.",
        )


def only_on_a_laptop(url: str) -> str | None:
    """Why a function on AWS would not call it, as far as the URL says; None when it would."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme != "https":
        return f"{parts.scheme}:// is not called from AWS"
    try:
        return None if is_public(host) else f"{host} is not a public address"
    except ValueError:  # a name
        pass
    if "." not in host or host.rpartition(".")[2] in PRIVATE_NAMES:
        return f"{host} is a name of a private network"
    return None
