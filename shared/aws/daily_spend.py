"""What a channel has spent on a UTC day: one item of the messages table, changed with the claim it pays for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.messages import Channel
from shared.ports import SpendCapReached

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import UpdateTypeDef


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
        "UpdateExpression": "ADD microusd :spend",
        "ExpressionAttributeValues": {":spend": {"N": str(spend)}},
    }
    if cap is not None:
        update["ConditionExpression"] = "attribute_not_exists(microusd) OR microusd <= :room"
        update["ExpressionAttributeValues"] = {":spend": {"N": str(spend)}, ":room": {"N": str(cap - spend)}}
    return update
