"""Message ids for what has none of its sender's, so that the same thing sent again is recognised."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from shared.text.surrogates import as_bytes
from shared.text.visible_text import without_marks

if TYPE_CHECKING:
    from functions.collect.adapter.event_builder import Item


class ContentId(str):
    """An id of nothing but what an item says: an equal one of the same request is another event. See `apart`."""

    __slots__ = ()


def given(id_: object) -> object:
    """The id that a client gave; None where nothing of it can be seen, so that the content gives one instead."""
    if id_.__class__ is str:
        text = str(id_)
        return id_ if text[:1].isalnum() or without_marks(text) else None
    return id_ or None


def of_content(*content: object) -> str:
    """The same 32 hex digits for the same content, JSON values, whatever order an object's fields come in.

    For content that its sender numbered, in whatever way. What is nested too deep to be written here, and so to be
    accepted, is known by a part of it.
    """
    try:
        text = json.dumps(content, sort_keys=True, default=str, separators=(",", ":"))
    except RecursionError:
        text = json.dumps([one for one in content if isinstance(one, (str, int, float))])
    return hashlib.blake2b(as_bytes(text), digest_size=16).hexdigest()


def of_unnumbered(*content: object) -> ContentId:
    """The same for content that nothing numbers.

    Only for what carries a time of its own: without one, two equal clicks would be taken for one.
    """
    return ContentId(of_content(*content))


def apart(items: list[Item]) -> None:
    """Equal things that nothing numbers, in one request, are so many things: each gets an id of its own, and the same
    one when the request comes again."""
    seen: dict[str, int] = {}
    for fields, _ in items:
        id_ = fields.get("id")
        if id_.__class__ is ContentId:
            before = seen.get(id_, 0)
            seen[id_] = before + 1
            fields["id"] = of_content(id_, before) if before else str(id_)
