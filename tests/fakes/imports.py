"""Progress of imports in memory, as the adapter stores it."""

from __future__ import annotations

from shared.imports import ImportProgress
from simulation.ports.faults import Faults


class FakeImports:
    """How far each file of each source has come, as text, so that what is loaded is never what was saved."""

    def __init__(self, faults: Faults | None = None) -> None:
        self._faults = faults or Faults()
        self._items: dict[tuple[str, str], str] = {}

    def load(self, source: str, digest: str) -> ImportProgress | None:
        self._faults.called("imports.load")
        found = self._items.get((source, digest))
        return ImportProgress.model_validate_json(found) if found else None

    def save(self, progress: ImportProgress) -> None:
        self._items[progress.source, progress.digest] = progress.model_dump_json()
        self._faults.called("imports.save")
