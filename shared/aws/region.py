"""Where calls to AWS go."""

from __future__ import annotations

from shared.aws.clients import client, unavailable_when_failing

EVERYWHERE = "aws-global"
"""What botocore takes for STS, alone of the services used here, when it knows no region."""


def region() -> str | None:
    """None where none is said anywhere. Asks nobody. Raises Unavailable for a profile that is not there."""
    with unavailable_when_failing():
        name = client("sts").meta.region_name
    return None if name in (None, EVERYWHERE) else name
