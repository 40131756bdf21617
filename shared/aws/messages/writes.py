"""Writes to the messages table: tried again when they collide, refused when their condition does not hold.

All claims and releases of a channel that spends money update one item, the day's sum, and so collide.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from shared.aws.clients import client, unavailable_when_failing
from shared.ports.messages import SpendCapReached
from shared.ports.runtime import Pause

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef, UpdateTypeDef

ATTEMPTS = 6
FIRST_PAUSE = 0.02
"""Seconds of the first pause after writes collide on the day's sum. It doubles with each attempt."""

COLLISIONS = frozenset({"TransactionConflict", "ThrottlingError"})
"""Reasons of a cancelled transaction after which the same one may succeed. The client does not retry them by itself."""

REFUSED = "ConditionalCheckFailed"
"""The reason after which it never will."""


class StandsOtherwise(Exception):
    """The message is not as the write expects it."""


def update_if_allowed(update: UpdateTypeDef, pause: Pause) -> bool:
    """Write it if its condition holds. Returns whether it was written. Raises Unavailable."""
    with unavailable_when_failing():
        try:
            past_collisions(pause, lambda: client("dynamodb").update_item(**update))
        except ClientError as error:
            if not refused_by_condition(error):
                raise
            return False
    return True


def update_and_spend(message: UpdateTypeDef, spend: UpdateTypeDef, pause: Pause) -> None:
    """Write both in one transaction. Raises StandsOtherwise or SpendCapReached if a condition does not hold."""
    writes: list[TransactWriteItemTypeDef] = [{"Update": message}, {"Update": spend}]
    try:
        past_collisions(pause, lambda: client("dynamodb").transact_write_items(TransactItems=writes))
    except ClientError as error:
        written, spent = [*_reasons(error), "", ""][:2]
        if written == REFUSED:
            raise StandsOtherwise from error
        if spent == REFUSED:
            raise SpendCapReached("the channel's cap for the day") from error
        raise


def past_collisions(pause: Pause, write: Callable[[], object]) -> None:
    """Retry a write that collides with another transaction. All claims and releases of a channel that spends money
    update the same item, and a message may come twice at the same time."""
    for attempt in range(ATTEMPTS):
        if attempt:
            pause(FIRST_PAUSE * 2**attempt)
        try:
            write()
        except ClientError as error:
            if attempt == ATTEMPTS - 1 or not _collided(error):
                raise
        else:
            return


def refused_by_condition(error: ClientError) -> bool:
    """Whether the item that was to be written is not as its condition wants it."""
    return _code(error) == f"{REFUSED}Exception" or REFUSED in _reasons(error)[:1]


def _code(error: ClientError) -> str:
    return error.response["Error"].get("Code", "")


def _reasons(error: ClientError) -> list[str]:
    """Why each item of a cancelled transaction was refused."""
    return [reason.get("Code", "") for reason in error.response.get("CancellationReasons", [])]


def _collided(error: ClientError) -> bool:
    reasons = _reasons(error)
    return _code(error) == "TransactionConflictException" or (
        REFUSED not in reasons and not COLLISIONS.isdisjoint(reasons)
    )
