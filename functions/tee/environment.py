"""What the stack tells this stage: the names of its resources."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Self

TRUE = ("1", "true")


@dataclass(frozen=True, slots=True)
class Environment:
    """`attempts` is how often the queue delivers a message before it is a dead letter."""

    workspace_table: str
    workspace_bucket: str
    outgoing_secret_arn: str
    tee_table: str
    queue_url: str
    attempts: int
    allow_private_vendors: bool

    @classmethod
    def read(cls) -> Self:
        """Raises KeyError when a variable is missing."""
        return cls(
            workspace_table=os.environ["WORKSPACE_TABLE"],
            workspace_bucket=os.environ["WORKSPACE_BUCKET"],
            outgoing_secret_arn=os.environ["OUTGOING_SECRET_ARN"],
            tee_table=os.environ["TEE_TABLE"],
            queue_url=os.environ["QUEUE_URL"],
            attempts=int(os.environ["ATTEMPTS"]),
            allow_private_vendors=os.environ.get("ALLOW_PRIVATE_VENDORS", "").lower() in TRUE,
        )
