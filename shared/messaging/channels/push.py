"""Push: to every device of the person whose token is known and whose platform has credentials."""

from __future__ import annotations

from shared.messaging.channels.declaration import ChannelDeclaration, Part

PUSH = ChannelDeclaration(
    name="push",
    message="a push message",
    parts=(Part("title", "line"), Part("text", "text")),
    consent="must_be_given",
    batch_size=4,
    reasons=(
        ("no_address", "the person has no device with a push token"),
        ("consent_not_given", """push needs the person's consent: -t 'consents={"push":true}'"""),
    ),
)
