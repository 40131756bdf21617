"""The ids in an item: as text, in their one spelling, within their limits of length. What names nobody is none."""

from __future__ import annotations

from typing import Any

from shared import identity
from shared.identity import LONGEST as LONGEST_IDENTITY
from shared.identity import named
from shared.plan.errors import json_type, shown
from shared.plan.reasons import Code, Reason
from shared.text.visible_text import trimmed, without_marks

LONGEST_ID = 256
"""Characters of a message id. Twilio Segment's limit is 100."""

MOST_OTHER_IDS = 10
"""Each that is new is written as an item of its own."""


def text_id(field: str, value: object, reasons: list[Reason]) -> str | None:
    """The id of an event or a session. A whole number is taken as its digits. One of which nothing can be seen is
    none."""
    if value.__class__ is str and "0" <= value < "{" and value[-1].isalnum() and len(value) <= LONGEST_ID:
        return value  # it begins with what is seen, as nearly all do
    if value.__class__ is not str:
        if isinstance(value, str):  # made of content, see `message_ids`
            return value
        if value.__class__ is not int:
            reasons.append(
                Reason(Code.MALFORMED, field, f"{field} must be a string, {json_type(value)} came")
            )
            return None
        value = str(value)
    if not (value[:1].isalnum() and value[-1].isalnum()):
        value = trimmed(value) if without_marks(value) else ""
    if len(value) > LONGEST_ID:
        reasons.append(Reason(Code.MALFORMED, field, f"{field} is longer than {LONGEST_ID} characters"))
        return None
    return value or None


def person_id(field: str, value: object, reasons: list[Reason], kind: str = "user") -> str | None:
    """The id of a person in its one spelling, or None where nobody is named: a placeholder beside a usable id is
    dropped, as if it were absent."""
    if value.__class__ is not str:
        if value is None:
            return None
        if value.__class__ is not int:
            if value.__class__ is not bool:
                reasons.append(
                    Reason(Code.MALFORMED, field, f"{field} must be a string, {json_type(value)} came")
                )
            return None
        value = str(value)
    value = named(kind, value)
    if value is not None and len(value) > LONGEST_IDENTITY:
        sentence = f"{field} is longer than {LONGEST_IDENTITY} characters"
        reasons.append(Reason(Code.MALFORMED, field, sentence))
        return None
    return value


def previous_person(value: object, reasons: list[Reason]) -> str | None:
    """The id that an alias's person had before. Without one, a reason is added."""
    previous = person_id("previous_id", value, reasons)
    if previous is None and not any(reason.field == "previous_id" for reason in reasons):
        sentence = "an alias needs previous_id, the id the person had before, and no placeholder"
        reasons.append(Reason(Code.NO_IDENTITY, "previous_id", sentence))
    return previous


def usable_ids(values: dict[str, object], reasons: list[Reason]) -> dict[str, Any]:
    """Those of the values, by kind, that name somebody. More than `MOST_OTHER_IDS` are refused as a whole."""
    if len(values) > MOST_OTHER_IDS:
        sentence = f"an event names its person by at most {MOST_OTHER_IDS} other ids, {len(values)} came"
        reasons.append(Reason(Code.TOO_LARGE, "other_ids", sentence))
        return {}
    found = {}
    for kind, value in values.items():
        if not identity.is_other_kind(kind):
            sentence = f"{shown(kind)!r} is no kind of id: a lowercase word of up to 31 letters, digits and underscores"
            reasons.append(Reason(Code.MALFORMED, "other_ids", sentence))
            continue
        usable = person_id(f"other_ids.{kind}", value, reasons, kind)
        if usable is not None:
            found[kind] = usable
    return found


def is_of_an_id(reason: Reason) -> bool:
    """An id that is malformed is reason enough: it is not said as well that there is none."""
    return reason.field in ("user_id", "anonymous_id") or reason.field.startswith("other_ids")
