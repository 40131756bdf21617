"""What may stand behind an operator of a condition."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from shared.conditions.operators import instant


def _instant(value: object) -> datetime:
    found = instant(value)
    if found is None:
        raise ValueError("is not a date or a time: write it as 2026-11-21 or 2026-11-21T18:10:00Z")
    return found


def _plain(value: object) -> object:
    """YAML reads an unquoted 2026-11-21 as a date; events have it as text."""
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


Number = StrictInt | Annotated[StrictFloat, Field(allow_inf_nan=False)]
Scalar = Annotated[StrictBool | Number | StrictStr, BeforeValidator(_plain)]
Scalars = Annotated[tuple[Scalar, ...], Field(min_length=1, max_length=1000)]
Text = Annotated[StrictStr, Field(min_length=1, max_length=1000)]
Pattern = Annotated[StrictStr, Field(min_length=1, max_length=200)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
Days = Annotated[Number, Field(ge=0, le=36_500)]
Path = Annotated[StrictStr, Field(min_length=1, max_length=500)]
