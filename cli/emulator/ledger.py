"""What the functions' log lines witness for the ledger, in a file: the emulator's own log is in memory, and a kill
takes what it has not saved of it.

A line is written before whoever called the function is answered. A mark says when the state was saved, and which save
the emulator started from: what was said between the two is not so any more. The marks and the lines take turns, so that
every line before a mark is of what that save has.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from ministack.services import lambda_svc

from cli.laptop.laptop import Laptop
from shared.ledger.lines import is_of_the_ledger, kept

DAYS = 14
"""For which the files stay."""

OF_A_STAGE = "headrace-local-"
"""How the functions' names begin."""


class Ledger:
    """A file for each UTC day, in the laptop's directory: what is stored may be wiped, this stays."""

    def __init__(self, laptop: Laptop, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._folder = laptop.ledger
        self._clock = clock
        self._turn = threading.RLock()

    def correct(self) -> None:
        """Wrap what the emulator does with a function's output."""
        emit = lambda_svc._emit_lambda_logs

        def emit_and_keep(func: dict[str, Any], request_id: str, text: str, *of: Any, **more: Any) -> None:
            self.add((func.get("config") or func).get("FunctionName", ""), text)
            emit(func, request_id, text, *of, **more)

        lambda_svc._emit_lambda_logs = emit_and_keep

    def add(self, function: str, text: str) -> None:
        """The lines of one invocation. Raises OSError."""
        stage = function.removeprefix(OF_A_STAGE)
        at = self._clock().isoformat()
        lines = [
            {"at": at, "stage": stage, "line": kept(line)}
            for line in map(_read, text.splitlines())
            if is_of_the_ledger(line, stage)
        ]
        if lines:
            self._write(*lines)

    def restored(self, saved_at: datetime | None) -> None:
        """The emulator starts with the state of that save, or with none. Old files go. Raises OSError."""
        oldest = f"{self._clock() - timedelta(days=DAYS):%Y-%m-%d}"
        for file in self._folder.glob("*.jsonl"):
            if file.stem < oldest:
                file.unlink()
        if any(self._folder.glob("*.jsonl")):
            self._write({"restored": saved_at.isoformat() if saved_at else None})

    @contextmanager
    def saving(self, at: datetime) -> Iterator[None]:
        """While the state is taken for a save: no line comes between its mark and that. Raises OSError."""
        with self._turn:
            self._write({"saved": at.isoformat()})
            yield

    def _write(self, *entries: dict[str, Any]) -> None:
        """At once: what the system has is not lost when this process is killed."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._turn, (self._folder / f"{self._clock():%Y-%m-%d}.jsonl").open("ab", buffering=0) as file:
            file.write(b"".join(orjson.dumps(entry) + b"\n" for entry in entries))


def _read(line: str) -> dict[str, Any]:
    """None of a stage's lines is anything but a JSON object."""
    try:
        said = orjson.loads(line)
    except orjson.JSONDecodeError:
        return {}
    return said if isinstance(said, dict) else {}
