"""How much is in a queue, and whether EventBridge may still send to it."""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from shared.aws.clients import client, unavailable_when_failing

EVENTBRIDGE = "events.amazonaws.com"


class QueueState(NamedTuple):
    """`waiting`: messages, as SQS estimates them: those that can be taken, and those that come again later."""

    name: str
    waiting: int
    takes_from_the_bus: bool


def name_of(url: str) -> str:
    return url.rpartition("/")[2]


def state(url: str) -> QueueState:
    """Raises Unavailable, when the queue is gone too."""
    with unavailable_when_failing():
        found = client("sqs").get_queue_attributes(
            QueueUrl=url,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "Policy"],
        )["Attributes"]
    waiting = int(found["ApproximateNumberOfMessages"]) + int(found["ApproximateNumberOfMessagesNotVisible"])
    statements = orjson.loads(found.get("Policy") or b"{}").get("Statement", [])
    return QueueState(name_of(url), waiting, any(_lets_the_bus_in(one) for one in _listed(statements)))


def _lets_the_bus_in(statement: dict[str, Any]) -> bool:
    """Whether a statement of the queue's policy allows EventBridge to send, for whatever rule."""
    principal = statement.get("Principal")
    services = _listed(principal.get("Service", [])) if isinstance(principal, dict) else []
    return (
        statement.get("Effect") == "Allow"
        and EVENTBRIDGE in services
        and "sqs:SendMessage" in _listed(statement.get("Action", []))
    )


def _listed(value: Any) -> list[Any]:
    """IAM writes one of something without its list."""
    return value if isinstance(value, list) else [value]
