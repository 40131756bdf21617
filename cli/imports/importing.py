"""One file into the stack, batch by batch. Each is answered for before the next is read; stopped, it goes on there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cli.imports.formats import Format
from cli.imports.lines import lines
from cli.imports.row import Reading, Row, Unreadable, written
from cli.imports.sending import Refusal, TooMuch
from shared.imports import ImportProgress
from shared.ports.people import Imports

MOST_ROWS, MOST_BYTES = 100, 256 * 1024
"""Of one request: what SDKs send, and half of what a source takes unless it is set otherwise."""

SAVED_EVERY = 20
"""Batches. After a crash so many are sent again, and recognised by their ids."""


class Sender(Protocol):
    """`cli.imports.sending.Collect`, as far as it is used here."""

    @property
    def write_key(self) -> str: ...

    def send(self, path: str, document: object, rows: list[Row]) -> list[Refusal]: ...


@dataclass(frozen=True)
class NotImported:
    """A line that did not come in, and why."""

    number: int
    reasons: list[dict[str, str]]


@dataclass(frozen=True)
class Import:
    """`not_imported` is called for each line that did not come in, `advanced` with the number of the line reached."""

    path: Path
    format: Format
    collect: Sender
    imports: Imports
    not_imported: Callable[[NotImported], None]
    advanced: Callable[[int], None]

    def run(self, progress: ImportProgress, reading: Reading) -> ImportProgress:
        """Raises Problem, Unavailable, or OSError while reading; what was answered for by then is saved."""
        found = self.format.rows(lines(self.path), reading)
        left = (row for row in found if row.number > progress.line)
        try:
            for at, batch in enumerate(batched(left), 1):
                progress = self._settled(batch, progress)
                self.advanced(progress.line)
                if at % SAVED_EVERY == 0:
                    self.imports.save(progress)
            progress = progress.model_copy(update={"is_finished": True})
        finally:
            self.imports.save(progress)
        return progress

    def _settled(self, batch: list[Row | Unreadable], progress: ImportProgress) -> ImportProgress:
        rows = [row for row in batch if isinstance(row, Row)]
        refused = self._sent(rows) if rows else []
        for row in batch:
            if isinstance(row, Unreadable):
                self.not_imported(
                    NotImported(row.number, [{"code": "unreadable", "field": "", "message": row.why}])
                )
        for refusal in refused:
            self.not_imported(NotImported(refusal.number, refusal.reasons))
        return progress.model_copy(
            update={
                "line": batch[-1].number,
                "accepted": progress.accepted + len(rows) - len(refused),
                "rejected": progress.rejected + len(refused),
                "unreadable": progress.unreadable + len(batch) - len(rows),
            }
        )

    def _sent(self, rows: list[Row]) -> list[Refusal]:
        path, document = self.format.request(rows, self.collect.write_key)
        try:
            return self.collect.send(path, document, rows)
        except TooMuch:
            if len(rows) == 1:
                sentence = "the line alone is larger than the source may send at once"
                return [Refusal(rows[0].number, [{"code": "too_large", "field": "", "message": sentence}])]
            half = len(rows) // 2
            return [*self._sent(rows[:half]), *self._sent(rows[half:])]


def batched(rows: Iterable[Row | Unreadable]) -> Iterator[list[Row | Unreadable]]:
    """What one request takes, in order; no two rows of one key in it."""
    batch: list[Row | Unreadable] = []
    size, keys = 0, set[str]()
    for row in rows:
        bytes_ = len(written(row.document)) if isinstance(row, Row) else 0
        key = row.key if isinstance(row, Row) else None
        if batch and (len(batch) == MOST_ROWS or size + bytes_ > MOST_BYTES or key in keys):
            yield batch
            batch, size, keys = [], 0, set()
        batch.append(row)
        size += bytes_
        if key is not None:
            keys.add(key)
    if batch:
        yield batch
