"""How far an import has come: kept with the stack, so that whoever goes on, from wherever, goes on where it stopped."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from shared.times import UtcDatetime


class ImportProgress(BaseModel):
    """`digest` is the SHA-256 of the file. `line` is the last one that was answered for; lines count from 1. `began_at`
    is the time of rows that have none: the same when the import goes on later."""

    model_config = ConfigDict(frozen=True)

    source: str
    digest: str
    format: str
    began_at: UtcDatetime
    line: int = 0
    accepted: int = 0
    rejected: int = 0
    unreadable: int = 0
    is_finished: bool = False
