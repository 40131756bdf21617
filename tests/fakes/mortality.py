"""A process that may die: fakes count their calls together, and after a chosen one nothing runs any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Died(BaseException):
    """The process is gone: no `except Exception` holds it."""


class Life:
    """`dies_after` calls (None: never). The call itself has its effect; its answer is never seen."""

    def __init__(self, dies_after: int | None = None) -> None:
        self.dies_after = dies_after
        self.calls: list[str] = []

    @contextmanager
    def call(self, name: str) -> Iterator[None]:
        self.calls.append(name)
        yield
        if self.dies_after is not None and len(self.calls) == self.dies_after:
            raise Died(f"after call {len(self.calls)}, {name}")
