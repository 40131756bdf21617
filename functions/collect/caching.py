"""What is made of a client's text, kept for the next time: as long as both the texts and their number are small.

`lru_cache` alone bounds the number. A thousand texts of a megabyte each are a gigabyte.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

Made = TypeVar("Made")

LONGEST = 256
"""Characters of a text that is kept. Keys, paths and names that honest clients send again are shorter."""


def cached_when_short(most: int) -> Callable[[Callable[[str], Made]], Callable[[str], Made]]:
    """For a function of one text: its results for `most` texts of at most `LONGEST` characters are kept."""

    def cached(make: Callable[[str], Made]) -> Callable[[str], Made]:
        kept = lru_cache(maxsize=most)(make)

        @wraps(make)
        def made(text: str) -> Made:
            return kept(text) if len(text) <= LONGEST else make(text)

        return made

    return cached


_split: Callable[[str], SplitResult] = inspect.unwrap(urlsplit)


def url_parts(url: str) -> SplitResult:
    """The standard library's `urlsplit`, which keeps the last 128 URLs however long they are. Raises ValueError."""
    return urlsplit(url) if len(url) <= LONGEST else _split(url)
