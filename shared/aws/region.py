"""The AWS region that calls go to."""

from __future__ import annotations

from shared.aws.clients import client, unavailable_when_failing

EVERYWHERE = "aws-global"
"""The region that botocore uses for STS if none is configured. No other service used here has such a default."""


def region() -> str | None:
    """The configured region; None if there is none. Makes no call. Raises Unavailable if the profile does not exist."""
    with unavailable_when_failing():
        name = client("sts").meta.region_name
    return None if name in (None, EVERYWHERE) else name
