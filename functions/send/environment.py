"""What the stack tells a send-function: its queue and the names of its resources."""

from __future__ import annotations

from collections.abc import Mapping
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
    push_applications: str = ""
    """JSON, see `SnsPush`; empty where no push credentials were configured."""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Self:
        """Raises KeyError when a variable is missing, ValueError for a queue that does not exist."""
        queue = values["QUEUE"]
        if queue not in QUEUES:
            raise ValueError(f"QUEUE is {queue}; there are {', '.join(QUEUES)}")
        rate, days = values.get("MESSAGES_PER_SECOND"), values.get("MESSAGE_LOG_DAYS")
        return cls(
            queue=queue,
            stream_name=values["STREAM_NAME"],
            profiles_table=values["PROFILES_TABLE"],
            messages_table=values["MESSAGES_TABLE"],
            workspace_table=values["WORKSPACE_TABLE"],
            workspace_bucket=values["WORKSPACE_BUCKET"],
            outgoing_secret_arn=values["OUTGOING_SECRET_ARN"],
            queue_url=values["QUEUE_URL"],
            dead_letters_url=values["DEAD_LETTERS_URL"],
            concurrency=int(values["CONCURRENCY"]),
            messages_per_second=float(rate) if rate else None,
            message_log_days=int(days) if days else None,
            allow_private_webhooks=values.get("ALLOW_PRIVATE_WEBHOOKS", "").lower() in TRUE,
            push_applications=values.get("PUSH_APPLICATIONS", ""),
        )
