"""The progress of an import. It is stored in the stack, so anybody can resume the import on any machine."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from shared.times import UtcDatetime


class ImportProgress(BaseModel):
    """`digest` is the SHA-256 of the file. `line` is the last line with an answer; lines count from 1. `began_at` is
    the time for rows without one. It stays the same when the import is resumed."""

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
