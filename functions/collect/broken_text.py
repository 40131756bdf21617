"""Halves of characters in what a client sent, as a cut in the middle of an emoji leaves them.

Neither JSON libraries nor stores take them, and no replay could ever mend them: U+FFFD stands in their place.
"""

from __future__ import annotations

from typing import Any

from functions.collect.canonical import Fields
from shared.visible_text import has_lone_surrogates, repaired

DEEPEST = 254
"""Levels; what is nested deeper is written by nobody, and refused for that."""


def repair(fields: Fields) -> bool:
    """Repair the text of an event's fields in place, within copies of what may be kept as it came. Whether there was
    anything to repair."""
    found = {name: _repaired(value, DEEPEST) for name, value in fields.items()}
    if all(found[name] is value for name, value in fields.items()):
        return False
    fields.update(found)
    return True


def _repaired(value: Any, levels: int) -> Any:
    """The same object where nothing was broken."""
    if isinstance(value, str):
        return repaired(value) if has_lone_surrogates(value) else value
    if levels == 0:
        return value
    if isinstance(value, dict):
        copy = {_repaired(name, 0): _repaired(one, levels - 1) for name, one in value.items()}
        unchanged = all(
            one is other and name == called
            for (name, one), (called, other) in zip(value.items(), copy.items(), strict=False)
        )
        return value if unchanged and len(copy) == len(value) else copy
    if isinstance(value, list):
        copies = [_repaired(one, levels - 1) for one in value]
        return value if all(one is other for one, other in zip(value, copies, strict=True)) else copies
    return value
