"""The money that a channel has spent on a UTC day: one item of the messages table, updated together with the claim that
it pays for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.messaging.channels import Channel
from shared.ports.messages import SpendCapReached

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import UpdateTypeDef


KEPT = timedelta(days=40)
"""How long a day's sum is kept after the day's first message. Nobody asks about older days."""


def microusd(usd: float) -> int:
    """Money is counted in whole millionths of a dollar, so that sums are exact."""
    return round(usd * 1_000_000)


def spending(table: str, channel: Channel, at: datetime, spend: int, cap: int | None) -> UpdateTypeDef:
    """Add `spend` to the day's sum, and with a `cap` only if the sum stays within it. Both are in millionths of a
    dollar. Raises SpendCapReached at once if `spend` alone exceeds the cap."""
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
