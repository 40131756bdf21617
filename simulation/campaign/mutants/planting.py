"""How a bug is planted: names of modules and classes are replaced, and put back afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

Replacement = tuple[object, str, Any]
"""The module or class, the name in it, and what stands there instead."""


class Mutant(NamedTuple):
    """`about` says what is wrong with it."""

    name: str
    about: str
    replacements: Callable[[], list[Replacement]]

    @contextmanager
    def planted(self) -> Iterator[None]:
        with ExitStack() as stack:
            for owner, name, value in self.replacements():
                stack.enter_context(_replaced(owner, name, value))
            yield


@contextmanager
def _replaced(owner: object, name: str, value: Any) -> Iterator[None]:
    before = vars(owner)[name]  # as it stands there: a static method is not its function
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)
