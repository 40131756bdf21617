"""What a simulated stack holds, read without faults, and without time passing."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from shared.aws.tables.profiles import DynamoProfiles
from shared.aws.tables.rejected_items import decoded
from shared.aws.tables.timeline import DynamoTimeline
from shared.fold.profile import Pointer, Profile
from shared.people.timeline import TimelineEvent
from shared.rejected import RejectedRequest
from simulation.stack import Stack

PROFILES, TIMELINE, REJECTED = "TablesProfiles", "TablesTimeline", "TablesRejected"
LAKE, REJECTED_LAKE = "headrace-prod-lake", "headrace-prod-lake-rejected"
MOST_EVENTS = 100_000


class Sent(NamedTuple):
    """What a provider took. `message` is the request's id, where the provider is given it."""

    at: datetime
    channel: str
    to: str
    message: str | None
    text: str


class Contents:
    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._account = stack.account

    def profiles(self) -> dict[str, Profile | Pointer]:
        items = self._account.dynamodb.items(PROFILES)
        keys = [item["pk"]["S"] for item in items if "state" in item or "target" in item]
        return DynamoProfiles(PROFILES).load(keys)

    def timeline(self, *keys: str) -> list[TimelineEvent]:
        """Of the items of the table. What still rides with the profile is not among them."""
        return DynamoTimeline(TIMELINE).read(keys, MOST_EVENTS, at=self._stack.scheduler.now())

    def rejected(self) -> list[RejectedRequest]:
        found = (
            decoded(_binary(item), "WorkspaceBucket")
            for item in self._account.dynamodb.items(REJECTED)
            if "data" in item or "s3" in item
        )
        return [request for request in found if request is not None]

    def lake_rows(self) -> list[dict[str, Any]]:
        return self._account.firehose[LAKE].rows()

    def rejected_rows(self) -> list[dict[str, Any]]:
        return self._account.firehose[REJECTED_LAKE].rows()

    def sent(self) -> list[Sent]:
        """In the order in which providers took them."""
        account = self._account
        found = [
            *(Sent(_at(one.at), "email", one.to, one.message, _json(one.asked)) for one in account.ses.sent),
            *(Sent(_at(one.at), "sms", one.to, None, one.text) for one in account.sns.texts),
            *(Sent(_at(one.at), "push", one.token, None, one.message) for one in account.sns.pushes),
            *(
                Sent(
                    one.at,
                    "webhook" if "Idempotency-Key" in one.headers else "slack",
                    one.url,
                    one.headers.get("Idempotency-Key"),
                    one.body.decode(),
                )
                for one in self._stack.web.posts
            ),
        ]
        return sorted(found, key=lambda one: one.at)

    def queues(self) -> dict[str, int]:
        """How many messages are in each, whoever holds them."""
        return {name: len(self._account.sqs[name].messages()) for name in self._account.sqs}

    def dead_letters(self) -> list[tuple[str, str]]:
        """Queues that no function takes from, and what is in them."""
        taken = {mapping.queue.name for mapping in self._stack.queues.values()}
        return [
            (name, message.body)
            for name in self._account.sqs
            if name not in taken
            for message in self._account.sqs[name].messages()
        ]

    def given_up(self) -> list[bytes]:
        """Batches of the stream that `process` did not get done in time."""
        return [one.body for one in self._account.s3["ProcessGivenUp"].objects.values()]

    def item_sizes(self) -> dict[str, int]:
        """Of each table, the bytes of its largest item, about."""
        largest: Counter[str] = Counter()
        for table in self._account.dynamodb:
            for item in self._account.dynamodb.items(table):
                largest[table] = max(largest[table], len(_json(item)))
        return dict(largest)


def _binary(item: dict[str, Any]) -> dict[str, Any]:
    """As the client gives an item: the wire has base64."""
    from base64 import b64decode

    if "data" not in item:
        return item
    return {**item, "data": {"B": b64decode(item["data"]["B"])}}


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
