"""What the stack tells a send-function: its queue and the names of its resources."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Self

from shared.messaging.channels import QUEUES, Queue

TRUE = ("1", "true")


@dataclass(frozen=True, slots=True)
class Environment:
    """`queue` is called as the first of its channels. `concurrency` is how many functions of it may send at once,
    `messages_per_second` what all of them may (None: what the account may, or any), `message_log_days` how long a
    message is kept (None: for ever)."""

    queue: Queue
    stream_name: str
    profiles_table: str
    messages_table: str
    workspace_table: str
    workspace_bucket: str
    outgoing_secret_arn: str
    queue_url: str
    dead_letters_url: str
    concurrency: int
    messages_per_second: float | None
    message_log_days: int | None
    allow_private_webhooks: bool

    @classmethod
    def read(cls) -> Self:
        """Raises KeyError when a variable is missing, ValueError for a queue that does not exist."""
        queue = os.environ["QUEUE"]
        if queue not in QUEUES:
            raise ValueError(f"QUEUE is {queue}; there are {', '.join(QUEUES)}")
        rate, days = os.environ.get("MESSAGES_PER_SECOND"), os.environ.get("MESSAGE_LOG_DAYS")
        return cls(
            queue=queue,
            stream_name=os.environ["STREAM_NAME"],
            profiles_table=os.environ["PROFILES_TABLE"],
            messages_table=os.environ["MESSAGES_TABLE"],
            workspace_table=os.environ["WORKSPACE_TABLE"],
            workspace_bucket=os.environ["WORKSPACE_BUCKET"],
            outgoing_secret_arn=os.environ["OUTGOING_SECRET_ARN"],
            queue_url=os.environ["QUEUE_URL"],
            dead_letters_url=os.environ["DEAD_LETTERS_URL"],
            concurrency=int(os.environ["CONCURRENCY"]),
            messages_per_second=float(rate) if rate else None,
            message_log_days=int(days) if days else None,
            allow_private_webhooks=os.environ.get("ALLOW_PRIVATE_WEBHOOKS", "").lower() in TRUE,
        )
