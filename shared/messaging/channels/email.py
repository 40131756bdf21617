"""Email: to the person's `email` trait, from the workspace's sender."""

from __future__ import annotations

from shared.messaging.channels.declaration import ChannelDeclaration, Need, Part

EMAIL = ChannelDeclaration(
    name="email",
    message="an email",
    parts=(
        Part("subject", "line"),
        Part(
            "html", "html", required=False, note=". Values are escaped. An email has `html`, `text` or both."
        ),
        Part("text", "text", required=False),
    ),
    one_of=("html", "text"),
    consent="unless_withdrawn",
    needs=(
        Need(
            ("email", "sender"),
            lambda settings: settings.email.sender is None,
            "sends email, but `settings.email.sender` is not set",
            "Set it in workspace.yaml.",
        ),
    ),
    reasons=(
        ("address_not_valid", "the trait `email` is not an address that mail can be sent to"),
        ("no_address", "the person has no trait `email`"),
    ),
)
