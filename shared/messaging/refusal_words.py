"""What somebody said who refused a message, as the message log may keep it: short, and without personal data.

Providers quote addresses and texts, template filters quote values. The log has the address already, in a field of its
own; everything else of the person and the event stays out of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from shared.text.visible_text import one_line

LONGEST = 300
"""Characters: a sentence or two, in a table for people."""

LONGEST_READ = 4000
"""Characters of which private values are taken out; nobody says more in an error."""

SHORTEST = 3
"""Characters of a value that is taken out: shorter ones stand in any sentence, and say nothing of anybody."""

LEFT_OUT = "…"


def kept(words: str, private: Iterable[str]) -> str:
    """One line of the words without the private texts, whatever their case. `""` when there is nothing to keep."""
    text = one_line(words[:LONGEST_READ])
    longest_first = sorted({value for value in private if len(value) >= SHORTEST}, key=len, reverse=True)
    for value in longest_first:
        text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", LEFT_OUT, text, flags=re.IGNORECASE)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + LEFT_OUT


def texts_in(value: Any) -> Iterable[str]:
    """Every text and number of a JSON value, as a message about it may write them."""
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
