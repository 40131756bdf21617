"""`shared.ports.runtime.Threads` without any: what is asked for is done at once, in turn, by whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

Given = ParamSpec("Given")
Made = TypeVar("Made")


class InTurn(Executor):
    def __init__(self, count: int) -> None:
        self.count = count

    def submit(
        self, work: Callable[Given, Made], /, *args: Given.args, **kwargs: Given.kwargs
    ) -> Future[Made]:
        future: Future[Made] = Future()
        try:
            future.set_result(work(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  whoever asks for the result is told
            future.set_exception(error)
        return future

    def map(
        self,
        work: Callable[..., Made],
        *items: Iterable[Any],
        timeout: float | None = None,  # noqa: ARG002  nothing is waited for
        chunksize: int = 1,  # noqa: ARG002
    ) -> Iterator[Made]:
        """All of it is done before the first result is handed out, as an executor does it."""
        return iter([work(*one) for one in zip(*items, strict=False)])
