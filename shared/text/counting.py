"""A number with its word, as people say it."""

from __future__ import annotations


def number_of(number: int, word: str) -> str:
    """`1 event`, `2 events`: of words that take an s."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
