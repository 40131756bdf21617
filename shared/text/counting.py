"""A number with its noun, in the singular or plural."""

from __future__ import annotations


def number_of(number: int, word: str) -> str:
    """`1 event`, `2 events`: of words that take an s."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
