"""Ids beside the two of every call. Loaded when the first such call comes.

https://segment.com/docs/unify/identity-resolution/externalids/
https://www.rudderstack.com/docs/event-spec/standard-events/identify/
"""

from __future__ import annotations

import re

from functions.collect.adapter.event_builder import Fields
from shared import identity

NO_WORD = "[^a-z0-9]+"

IDS = (str, int)

NAMED_ANYWAY = frozenset({"user_id", "anonymous_id"})


def other_ids_of(context: Fields) -> tuple[dict[str, object] | None, bool]:
    """`externalIds`, which RudderStack calls `externalId`: ids beside the two of every call, each with its type. Also
    whether each entry could be read: one that could not is left out, and stays in the context."""
    listed = context.get("externalIds") or context.get("externalId")
    if listed.__class__ is not list:
        return None, listed is None
    found: dict[str, object] = {}
    is_whole = True
    for one in listed:
        kind, id_ = (one.get("type"), one.get("id")) if one.__class__ is dict else (None, one)
        if kind.__class__ is not str or id_.__class__ not in IDS:
            is_whole = is_whole and id_ is None
            continue
        kind = re.sub(NO_WORD, "_", kind.lower()).strip("_")
        # What is neither stays in the context.
        if kind not in NAMED_ANYWAY and identity.is_other_kind(kind):
            found[kind] = id_
    return found, is_whole
