"""What a channel has spent on a UTC day: one item of the messages table, changed with the claim it pays for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.messaging.messages import Channel
from shared.ports.messages import SpendCapReached

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import UpdateTypeDef


KEPT = timedelta(days=40)
"""A day's sum, after the day's first message: longer than anybody asks about."""


def microusd(usd: float) -> int:
    """Money is counted in whole millionths of a dollar, so that sums are exact."""
    return round(usd * 1_000_000)


def spending(table: str, channel: Channel, at: datetime, spend: int, cap: int | None) -> UpdateTypeDef:
    """Add `spend` to the day's sum; with a cap, only if the sum stays within it. Raises SpendCapReached at once
    for what alone exceeds it. Both in millionths of a dollar."""
    if cap is not None and spend > cap:
        raise SpendCapReached(f"one message costs more than the cap of {channel} for the day")
    update: UpdateTypeDef = {
        "TableName": table,
        "Key": {"pk": {"S": f"spend#{channel}#{at.astimezone(UTC):%Y-%m-%d}"}},
        "UpdateExpression": "SET expires_at = if_not_exists(expires_at, :end) ADD microusd :spend",
    }
    values: dict[str, Any] = {
        ":spend": {"N": str(spend)},
        ":end": {"N": str(int((at + KEPT).timestamp()))},
    }
    if cap is not None:
        update["ConditionExpression"] = "attribute_not_exists(microusd) OR microusd <= :room"
        values[":room"] = {"N": str(cap - spend)}
    update["ExpressionAttributeValues"] = values
    return update
