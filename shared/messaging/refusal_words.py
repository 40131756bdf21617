"""Clean an error text about a message for the message log: short, and without personal data.

Providers quote addresses and texts, and template filters quote values. The log already has the address in its own
field. Everything else about the person and the event stays out of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from shared.text.visible_text import one_line

LONGEST = 300
"""Characters of the cleaned text: a sentence or two, for a table."""

LONGEST_READ = 4000
"""Characters of the original text that are cleaned. Errors are not longer."""

SHORTEST = 3
"""Characters of a value that is removed. Shorter values occur in any sentence and identify nobody."""

LEFT_OUT = "…"


def kept(words: str, private: Iterable[str]) -> str:
    """The words in one line, without the private texts in any case. `""` if nothing is left."""
    text = one_line(words[:LONGEST_READ])
    longest_first = sorted({value for value in private if len(value) >= SHORTEST}, key=len, reverse=True)
    for value in longest_first:
        if _may_have(text, value):
            text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", LEFT_OUT, text, flags=re.IGNORECASE)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + LEFT_OUT


def _may_have(text: str, value: str) -> bool:
    """Spares nearly every value a regular expression. Beyond ASCII only that knows which letters are alike."""
    return not (text.isascii() and value.isascii()) or value.lower() in text.lower()


def texts_in(value: Any) -> Iterable[str]:
    """Every text and number in a JSON value, as an error may quote them."""
    match value:
        case bool() | None:
            return
        case str():
            yield one_line(value)
        case int() | float():
            yield str(value)
            if isinstance(value, float) and value.is_integer():
                yield str(int(value))
        case Mapping():
            for one in value.values():
                yield from texts_in(one)
        case list() | tuple():
            for one in value:
                yield from texts_in(one)
