"""What the stack tells this stage: the names of its resources."""

from __future__ import annotations

from collections.abc import Mapping
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
    def read(cls, values: Mapping[str, str]) -> Self:
        """Raises KeyError when a variable is missing."""
        return cls(
            workspace_table=values["WORKSPACE_TABLE"],
            workspace_bucket=values["WORKSPACE_BUCKET"],
            outgoing_secret_arn=values["OUTGOING_SECRET_ARN"],
            tee_table=values["TEE_TABLE"],
            queue_url=values["QUEUE_URL"],
            attempts=int(values["ATTEMPTS"]),
            allow_private_vendors=values.get("ALLOW_PRIVATE_VENDORS", "").lower() in TRUE,
        )
