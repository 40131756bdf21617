"""A standard queue: messages that are received, held for a while, and come again until they are deleted.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from heapq import heappop, heappush
from typing import NamedTuple

from simulation.aws.behaviour import Behaviour
from simulation.aws.calls import ACCOUNT, REGION, arn
from simulation.aws.sqs.message import Attributes, Message, Settings
from simulation.aws.sqs.waiting import Waiting

LONGEST_HELD = 43_200.0
"""Seconds after a message was received at which it comes again, however often that was put off."""


class Received(NamedTuple):
    """A delivery. `system` are the attributes that SQS itself gives: ApproximateReceiveCount, SentTimestamp, …"""

    id: str
    handle: str
    body: str
    attributes: Attributes
    system: dict[str, str]


class Queue:
    """`moved` puts a message into another queue by its name."""

    def __init__(
        self,
        name: str,
        settings: Settings,
        *,
        now: Callable[[], float],
        draw: random.Random,
        behaviour: Behaviour,
        moved: Callable[[str, Message], None],
    ) -> None:
        self.name, self.settings, self.arn = name, settings, arn("sqs", name)
        self.url = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"
        self.expired: list[Message] = []
        """What was kept as long as the queue keeps anything, and is gone."""
        self._now, self._draw, self._behaviour, self._moved = now, draw, behaviour, moved
        self._messages: dict[str, Message] = {}
        self._of_handle: dict[str, str] = {}
        self._waiting = Waiting(self._messages, draw, unordered=behaviour.unordered)
        self._expiries: list[tuple[float, str]] = []

    def messages(self) -> list[Message]:
        """All that are in the queue, whoever holds them."""
        self._expire()
        return list(self._messages.values())

    def send(self, body: str, attributes: Attributes | None = None, delay: float | None = None) -> Message:
        now = self._now()
        message = Message(
            id=str(uuid.UUID(int=self._draw.getrandbits(128), version=4)),
            body=body,
            attributes=attributes or {},
            sent_at=now,
            ready_at=now + (self.settings.delay if delay is None else delay),
        )
        self.put(message)
        return message

    def put(self, message: Message) -> None:
        """Put a message there with the time that it was sent."""
        self._messages[message.id] = message
        heappush(self._expiries, (message.sent_at + self.settings.retention.total_seconds(), message.id))
        self._waiting.add(message)

    def receive(
        self, most: int = 10, visibility: float | None = None, *, is_short: bool = False
    ) -> list[Received]:
        """Deliver at most so many of those that are ready. What was received too often becomes a dead letter."""
        ready = self._wake()
        held = self.settings.visibility if visibility is None else visibility
        if is_short and self._behaviour.empty_polls and self._draw.random() < self._behaviour.empty_polls:
            return []
        found: list[Received] = []
        for _ in range(ready):
            if len(found) == most:
                break
            message = self._waiting.next(self._now())
            if message is None or self._is_given_up(message):
                continue
            found.append(self._deliver(message, held))
        return found

    def delete(self, handle: str) -> bool:
        """Whether there was such a delivery. One that is not the latest deletes nothing, though SQS says that it did:
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html"""
        id = self._of_handle.get(handle)
        if id is None:
            return False
        message = self._messages.get(id)
        if message is not None and message.handle == handle and not self._keeps_a_copy():
            del self._messages[id]
        return True

    def change(self, handle: str, seconds: float) -> str | None:
        """Set when it comes again. SQS's code for the refusal, or None."""
        id = self._of_handle.get(handle)
        if id is None:
            return "ReceiptHandleIsInvalid"
        message, now = self._messages.get(id), self._now()
        if message is None:
            return "InvalidParameterValue"
        if message.handle != handle or message.ready_at <= now:
            return "AWS.SimpleQueueService.MessageNotInflight"
        if not 0 <= seconds <= LONGEST_HELD or now + seconds > message.received_at + LONGEST_HELD:
            return "InvalidParameterValue"
        message.ready_at = now + seconds
        self._waiting.add(message)
        return None

    def ready_at(self) -> datetime | None:
        """When the next message can be received: now or earlier if one is ready."""
        self._wake()
        at = self._waiting.soonest()
        return datetime.fromtimestamp(at, UTC) if at is not None else None

    def depth(self) -> tuple[int, int]:
        """How many are ready, and how many come later."""
        now = self._now()
        found = self.messages()
        ready = sum(message.ready_at <= now for message in found)
        return ready, len(found) - ready

    def _deliver(self, message: Message, held: float) -> Received:
        now = self._now()
        message.receives += 1
        message.received_at = now
        if message.first_received_at is None:
            message.first_received_at = now
        message.handle = f"{message.id}/{message.receives}/{self._draw.getrandbits(64):016x}"
        self._of_handle[message.handle] = message.id
        if self._keeps_a_copy():
            self._waiting.again(message)  # ... for somebody else, at the same time
        else:
            message.ready_at = now + held
            self._waiting.add(message)
        system = {
            "ApproximateReceiveCount": str(message.receives),
            "SentTimestamp": str(int(message.sent_at * 1000)),
            "ApproximateFirstReceiveTimestamp": str(int(message.first_received_at * 1000)),
            "SenderId": ACCOUNT,
        }
        if message.came_from is not None:
            system["DeadLetterQueueSourceArn"] = message.came_from
        return Received(message.id, message.handle, message.body, message.attributes, system)

    def _is_given_up(self, message: Message) -> bool:
        most, name = self.settings.most_receives, self.settings.dead_letters
        if most is None or name is None or message.receives < most:
            return False
        del self._messages[message.id]
        self._moved(
            name,
            Message(
                message.id,
                message.body,
                message.attributes,
                message.sent_at,
                self._now(),
                came_from=self.arn,
            ),
        )
        return True

    def _keeps_a_copy(self) -> bool:
        return bool(self._behaviour.twice) and self._draw.random() < self._behaviour.twice

    def _wake(self) -> int:
        """How many may be ready."""
        self._expire()
        return self._waiting.wake(self._now())

    def _expire(self) -> None:
        now = self._now()
        while self._expiries and self._expiries[0][0] <= now:
            _, id = heappop(self._expiries)
            message = self._messages.pop(id, None)
            if message is not None:
                self.expired.append(message)
