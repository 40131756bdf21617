"""The writes of the message log: the attributes that each one changes, and the condition for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.aws.messages.items import identifying, standing
from shared.events import utc_text
from shared.messaging.message_log import LoggedMessage
from shared.messaging.messages import MessageRequest, Status

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import UpdateTypeDef

Condition = tuple[str, dict[str, Any]]

FREE: Condition = (
    "attribute_not_exists(pk) OR #status = :waiting OR (#status = :requested AND attribute_not_exists(claimed_until))",
    {":waiting": {"S": str(Status.WAITING)}, ":requested": {"S": str(Status.REQUESTED)}},
)
"""The condition that nobody has claimed the message, and that its outcome is open."""

CLAIMED: Condition = (
    "#status = :requested AND attribute_exists(claimed_until)",
    {":requested": {"S": str(Status.REQUESTED)}},
)

KNOWN: Condition = ("attribute_exists(pk)", {})

NOT_SENT: Condition = (
    "attribute_exists(pk) AND NOT #status IN (:sent, :delivered)",
    {":sent": {"S": str(Status.SENT)}, ":delivered": {"S": str(Status.DELIVERED)}},
)

CLAIM = ("claimed_until", "claim")


def claiming(
    table: str,
    request: MessageRequest,
    *,
    to: str,
    until: datetime,
    at: datetime,
    token: str,
    instead_of: LoggedMessage | None,
) -> UpdateTypeDef:
    """Claim the message, and count an attempt."""
    fields = identifying(request) | standing(Status.REQUESTED, at)
    fields |= {"to": {"S": to}, "claimed_until": {"S": utc_text(until)}, "claim": {"S": token}}
    return _update(
        table,
        request.id,
        set_to=fields,
        remove=("reason", "detail", "provider_id", "expires_at"),
        attempts="if_not_exists(attempts, :none) + :one",
        condition=FREE if instead_of is None else _as_it_stood(instead_of),
    )


def releasing(
    table: str, request: MessageRequest, *, status: Status, fields: dict[str, Any], at: datetime, tried: bool
) -> UpdateTypeDef:
    """Give back a claim. If nothing was `tried`, the attempt does not count."""
    return _update(
        table,
        request.id,
        set_to=standing(status, at) | fields,
        remove=CLAIM,
        attempts=None if tried else "if_not_exists(attempts, :one) - :one",
        condition=CLAIMED,
    )


def unclaimed(
    table: str, request: MessageRequest, *, status: Status, fields: dict[str, Any], at: datetime
) -> UpdateTypeDef:
    """Write the status of a message that nobody has claimed: it waits, or is not sent."""
    return _update(
        table,
        request.id,
        set_to=identifying(request) | standing(status, at) | fields,
        condition=FREE,
    )


def outcome(
    table: str, request: MessageRequest, *, status: Status, fields: dict[str, Any], at: datetime
) -> UpdateTypeDef:
    return _update(
        table,
        request.id,
        set_to=standing(status, at) | fields,
        remove=(*CLAIM, *(name for name in ("reason", "detail") if name not in fields)),
        condition=KNOWN if status is Status.DELIVERED else NOT_SENT,
    )


def counting_a_fault(table: str, request: MessageRequest) -> UpdateTypeDef:
    update = _update(table, request.id, set_to={}, condition=KNOWN)
    update["UpdateExpression"] = "ADD faults :one"
    update["ExpressionAttributeValues"] = {":one": {"N": "1"}}
    return update


def _update(
    table: str,
    message: str,
    *,
    set_to: Mapping[str, Any],
    remove: Collection[str] = (),
    attempts: str | None = None,
    condition: Condition,
) -> UpdateTypeDef:
    changes = [f"#{name} = :_{name}" for name in set_to]
    values = {f":_{name}": value for name, value in set_to.items()}
    if attempts is not None:
        changes.append(f"attempts = {attempts}")
        values |= {
            f":{word}": {"N": number} for word, number in (("none", "0"), ("one", "1")) if word in attempts
        }
    expression, condition_values = condition
    update: UpdateTypeDef = {
        "TableName": table,
        "Key": {"pk": {"S": message}},
        "UpdateExpression": f"SET {', '.join(changes)}" + (f" REMOVE {', '.join(remove)}" if remove else ""),
        "ConditionExpression": expression,
    }
    names = {f"#{name}": name for name in set_to}
    if names:
        update["ExpressionAttributeNames"] = names
    if values or condition_values:
        update["ExpressionAttributeValues"] = values | condition_values
    return update


def _as_it_stood(message: LoggedMessage) -> Condition:
    return (
        "#status = :stood AND #updated_at = :since",
        {":stood": {"S": str(message.status)}, ":since": {"S": utc_text(message.updated_at)}},
    )
