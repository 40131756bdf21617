"""Reasons in a format's own words: who sends a `distinct_id` reads nothing of a `user_id`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from functions.collect.adapter.rejection import Rejection
from shared.plan.reasons import Code, Reason

SOMEBODY = "user_id or anonymous_id"
"""What `event_builder` says is needed of an event that names nobody."""


class Words:
    """How a format calls things. `fields` are its names by the canonical event's, `somebody` what names a person there,
    `key` where it carries a source's key, `spoken` what it is called itself. `ids` are the fields that name a person
    in the body, where they are others than the two of every event."""

    __slots__ = ("fields", "ids", "key", "somebody", "spoken")

    def __init__(
        self,
        fields: Mapping[str, str],
        somebody: str,
        key: str,
        *,
        spoken: str,
        ids: tuple[str, ...] | None = None,
    ) -> None:
        self.fields = fields
        self.somebody = somebody
        self.key = key
        self.spoken = spoken
        both = (fields.get("user_id"), fields.get("anonymous_id"))
        self.ids = ids if ids is not None else tuple(one for one in both if one)


def in_words(rejected: list[Rejection], words: Words) -> list[Rejection]:
    """The only place where a format's words are put in. What its reading said in them stays as it is."""
    return [one._replace(reasons=reworded(one.reasons, words.fields, words.somebody)) for one in rejected]


def reworded(reasons: Iterable[Reason], fields: Mapping[str, str], somebody: str) -> list[Reason]:
    """`fields` are the format's names by the canonical event's, `somebody` what names a person there."""
    return [_reworded(reason, fields, somebody) for reason in reasons]


def _reworded(reason: Reason, fields: Mapping[str, str], somebody: str) -> Reason:
    message = (
        reason.message.replace(SOMEBODY, somebody) if reason.code is Code.NO_IDENTITY else reason.message
    )
    field = _theirs(reason.field, fields)
    if "_" in reason.field:  # a name that stands in no sentence by chance
        message = message.replace(reason.field, field)
    elif message.startswith(f"{reason.field} "):  # most sentences begin with their field
        message = field + message.removeprefix(reason.field)
    return reason._replace(field=field, message=message)


def _theirs(field: str, fields: Mapping[str, str]) -> str:
    """The format's name of the field, or of the one it is a part of."""
    if field in fields:
        return fields[field]
    whole, dot, part = field.partition(".")
    return f"{fields[whole]}.{part}" if dot and whole in fields else field
