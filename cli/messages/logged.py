"""The messages of a stack, or of one person, as its log has them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cli.stacks import Stack
from shared.aws.messages.log import DynamoMessages
from shared.aws.tables.profiles import DynamoProfiles
from shared.messaging.message_log import presented
from shared.stored import people


def logged(
    stack: Stack, *, user: str | None, limit: int, since: datetime, now: datetime
) -> list[dict[str, Any]]:
    """The messages as JSON values, newest first. A person nobody knows has none."""
    log = DynamoMessages(stack["MessagesTable"])
    if user is None:
        return [presented(message, now) for message in log.latest(limit, since)]
    person = people.find(DynamoProfiles(stack["ProfilesTable"]), user)
    keys = people.keys_of(person) if person is not None else people.candidates(user)
    return [
        presented(message, now) for message in log.of_person(keys, limit) if message.requested_at >= since
    ]
