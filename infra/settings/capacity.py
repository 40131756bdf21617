"""The settings of tables whose capacity is planned: bounds between which DynamoDB scales it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from infra.settings.domain import CHECKED

TableName = Literal["profiles", "timeline", "rejected", "messages", "workspace", "tee"]

MOST_UNITS = 40_000
"""Of one table, reads and writes each, as an account begins.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html"""

Units = Annotated[int, Field(ge=1, le=MOST_UNITS)]
"""A second: a write of 1 KB, a consistent read of 4 KB."""


@dataclass(frozen=True, kw_only=True, config=CHECKED)
class Capacity:
    """DynamoDB keeps a table at 70 % of its capacity, between these bounds; each of its indexes has the same bounds."""

    least_writes: Units = 1
    most_writes: Units
    least_reads: Units = 1
    most_reads: Units

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        for kind, least, most in (
            ("writes", self.least_writes, self.most_writes),
            ("reads", self.least_reads, self.most_reads),
        ):
            if least > most:
                raise ValueError(f"`least_{kind}`, {least}, is more than `most_{kind}`, {most}")
        return self
