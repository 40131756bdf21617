"""Halves of characters in what a client sent, as a cut in the middle of an emoji leaves them.

Neither JSON libraries nor stores take them, and no replay could ever mend them: U+FFFD stands in their place. In ids
their escapes do: two people whose ids were cut differently are not one.
"""

from __future__ import annotations

from typing import Any

from functions.collect.adapter.event_builder import Fields
from functions.collect.adapter.ids import LONGEST_ID
from shared import identity
from shared.text.surrogates import has_lone_surrogates, repaired, spelled_out

DEEPEST = 254
"""Levels; what is nested deeper is written by nobody, and refused for that."""


LONGEST_IDS = {
    "id": LONGEST_ID,
    "session_id": LONGEST_ID,
    "user_id": identity.LONGEST,
    "anonymous_id": identity.LONGEST,
    "previous_id": identity.LONGEST,
    "other_ids": identity.LONGEST,
}
"""Characters. An id that its escapes make longer stays as it is, and its event is refused for it."""

PROVED = "verified"
"""Says whose hashes are right: they are of the ids as they came."""


def repair(fields: Fields) -> bool:
    """Repair the text of an event's fields in place, within copies of what may be kept as it came. Whether there was
    anything to repair."""
    found = {
        name: _told_apart(value, LONGEST_IDS[name]) if name in LONGEST_IDS else _repaired(value, DEEPEST)
        for name, value in fields.items()
    }
    changed = {name for name, value in fields.items() if found[name] is not value}
    fields.update(found)
    if not changed.isdisjoint(LONGEST_IDS):
        fields.pop(PROVED, None)
    return bool(changed)


def _told_apart(ids: Any, longest: int) -> Any:
    """An id, or several by kind. The same object where nothing was broken."""
    if isinstance(ids, dict):
        copy = {kind: _told_apart(id_, longest) for kind, id_ in ids.items()}
        return ids if all(copy[kind] is id_ for kind, id_ in ids.items()) else copy
    if not isinstance(ids, str) or not has_lone_surrogates(ids):
        return ids
    spelled = spelled_out(ids)
    return spelled if len(spelled) <= longest else ids


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
