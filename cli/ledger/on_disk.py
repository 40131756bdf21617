"""What was said in a time, in files of a folder for what is temporary: a slice of the records in each, so that the
memory of drawing the balance does not grow with the time's events.

There are counts, sequence numbers and hashes in them, no more than the log lines say: nothing of a person.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from shared.ledger.drawing import Drawing
from shared.ledger.lines import Witness
from shared.ledger.slices import Cutter, Piece

SLICES = 64
"""Files that are open at once. Of a million records each has some 16,000."""

TOGETHER = 100
"""Pieces that are written at once."""


class Slices:
    def __init__(self, files: Sequence[BinaryIO], requests: BinaryIO) -> None:
        self._files = [_Pieces(file) for file in files]
        self._requests = _Pieces(requests)
        self._cutter = Cutter(len(files))

    def add(self, witness: Witness) -> None:
        """Raises OSError."""
        requests = self._cutter.requests
        for at, piece in self._cutter.cut(witness):
            self._files[at].add(piece)
        if self._cutter.requests > requests:
            self._requests.add(witness)

    def draw(self, drawing: Drawing, advance: Callable[[int, int], None]) -> None:
        """Add all that was said to the drawing. Raises OSError."""
        for done, file in enumerate(self._files):
            drawing.add(file.read())
            advance(done + 1, len(self._files))
        drawing.cut(self._requests.read())


@contextmanager
def slices() -> Iterator[Slices]:
    """The files go at the end. Raises OSError where there is no room for them."""
    with TemporaryDirectory(prefix="headrace-ledger-") as folder, ExitStack() as opened:
        files = [opened.enter_context((Path(folder) / str(at)).open("w+b")) for at in range(SLICES + 1)]
        yield Slices(files[:-1], files[-1])


class _Pieces:
    """A file of lists of pieces."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._waiting: list[Any] = []

    def add(self, piece: Piece) -> None:
        self._waiting.append(piece)
        if len(self._waiting) >= TOGETHER:
            self._write()

    def read(self) -> Iterator[Any]:
        self._write()
        end = self._file.tell()
        self._file.seek(0)
        while self._file.tell() < end:
            yield from pickle.load(self._file)  # noqa: S301  this process wrote it, where nobody else may

    def _write(self) -> None:
        pickle.dump(self._waiting, self._file, pickle.HIGHEST_PROTOCOL)
        self._waiting = []
