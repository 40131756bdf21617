"""What every model of a workspace file shares: no key but those it names, and ids."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.events import DOCTOR


class Authored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def unreserved(text: str) -> str:
    if text == DOCTOR:
        raise ValueError(f"`{DOCTOR}` is reserved for `headrace doctor`; choose another id")
    return text


Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
"""The id of something that only developers name. It is used in ids, metrics and links."""

EventId = Annotated[str, Field(min_length=1, max_length=200)]
