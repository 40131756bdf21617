"""From what a protocol found in an item to the canonical event: identities, times, limits of length.

A protocol calls `event` once per item, with values as they came. The fields of the answer are those of
`shared.events.Event` that are the event's own; what a record's events share is written once per record.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from uuid_utils import uuid7

from functions.collect.adapter.epoch import either
from shared import identity
from shared.identity import LONGEST as LONGEST_IDENTITY
from shared.identity import named
from shared.plan.errors import JSON_TYPES, shown
from shared.plan.reasons import Code, Observation, Reason
from shared.text.visible_text import trimmed, without_marks

TYPES = frozenset({"track", "identify", "page", "screen", "group", "alias"})
SYSTEM = "system"

LONGEST_NAME = 200
"""Characters. Profiles count events by name, within a budget."""

LONGEST_ID = 256
"""Characters of a message id. Twilio Segment's limit is 100."""

FIRST_SENT_AT = datetime(2010, 1, 1, tzinfo=UTC)
"""A clock that says less was never set."""

LONGEST_SKEW = timedelta(days=1)
"""By which a clock is fast, while the event's own time is none of the future: then it is not the same clock."""

SMALLEST_SKEW = timedelta(minutes=5)
"""A clock that is less wrong is taken as right: the network's delay would be mistaken for it."""

MOST_OTHER_IDS = 10
"""Each that is new is written as an item of its own."""

Fields = dict[str, Any]
Item = tuple[Fields, list[Reason]]
"""An event's own fields, and what is wrong with them. With reasons the fields may be incomplete."""

OBSERVED = "observed"
"""In an item's fields until it is judged: what was observed of it. It is accepted all the same."""

TIMESTAMP_UNREADABLE = Reason(
    Code.MALFORMED, "timestamp", "timestamp is not a time", Observation.TIMESTAMP_UNREADABLE
)
"""No replay can ever mend it, so that only a strict source refuses the event for it."""

NOT_AN_OBJECT: Item = ({}, [Reason(Code.MALFORMED, "", "an event must be a JSON object")])


class Arrival(NamedTuple):
    """When and how a request came. `skew` is what its clock is to be corrected by, zero when that cannot be known."""

    received_at: datetime
    sent_at: datetime | None
    skew: timedelta

    @classmethod
    def of(cls, received_at: datetime, sent_at: object, *, is_retry: bool) -> Arrival:
        """A retry was stamped `sent_at` when it was first sent: the difference is waiting, not a wrong clock."""
        sent = time_of(sent_at)
        if sent is None or is_retry or sent < FIRST_SENT_AT or abs(received_at - sent) < SMALLEST_SKEW:
            return cls(received_at, sent, timedelta())
        return cls(received_at, sent, received_at - sent)

    def corrected(self, at: datetime) -> datetime:
        """The client's time by a right clock. A correction is not believed, and the time counts as the client said it,
        where it would put the event after its arrival, or take days from a time that is none of the future."""
        try:
            found = at + self.skew
        except OverflowError:
            return at
        if found > self.received_at + SMALLEST_SKEW or (-self.skew > LONGEST_SKEW and at <= self.received_at):
            return at
        return found

    def sent(self) -> datetime:
        """When it was sent, by a right clock, as far as that is known; else when it arrived."""
        sent = self.sent_at
        if sent is None or not FIRST_SENT_AT <= sent + self.skew <= self.received_at:
            return self.received_at
        return sent + self.skew


def event(
    arrival: Arrival,
    type_: object,
    name: object,
    *,
    id_: object = None,
    user_id: object = None,
    anonymous_id: object = None,
    previous_id: object = None,
    properties: object = None,
    traits: object = None,
    context: object = None,
    session_id: object = None,
    timestamp: object = None,
    other_ids: dict[str, object] | None = None,
    trait_changes: dict[str, dict[str, Any]] | None = None,
) -> Item:
    """None, or nothing, is what a protocol did not find.

    `timestamp` is ISO 8601 text, a datetime, or a number since 1970 whose unit shows in its size (`epoch.moment` reads
    one whose unit the format says). `other_ids` are values by kind, `trait_changes` what `shared.events.Event` says of
    them.
    """
    reasons: list[Reason] = []
    if id_:
        id_ = _text("id", id_, reasons)
    made: Fields = {"id": id_ or str(uuid7()), "type": type_, "name": name}
    if type_.__class__ is not str or type_ not in TYPES:
        reasons.append(_type_refused(type_))
    elif (
        name.__class__ is not str
        or not name
        or len(name) > LONGEST_NAME
        or not (name[0].isalnum() or _visible(name))
    ):
        reasons.append(_name_refused(name))
    user = _identity("user_id", user_id, reasons)
    if user is not None:
        made["user_id"] = user
    anonymous = _identity("anonymous_id", anonymous_id, reasons)
    if other_ids:
        _other_ids(other_ids, made, reasons)
    if anonymous is not None:
        made["anonymous_id"] = anonymous
    elif user is None and "other_ids" not in made and not any(map(_is_of_an_id, reasons)):
        reasons.append(_nobody(user_id, anonymous_id, other_ids or {}))
    if previous_id is not None or type_ == "alias":
        _previous(previous_id, made, reasons)
    if properties is not None:
        made["properties"] = (
            properties if properties.__class__ is dict else _object("properties", properties, reasons)
        )
    if traits is not None:
        made["traits"] = _object("traits", traits, reasons)
    if context is not None:
        made["context"] = context if context.__class__ is dict else _object("context", context, reasons)
    if trait_changes:
        made["trait_changes"] = trait_changes
        for word, changes in trait_changes.items():
            if changes.__class__ is not dict:
                sentence = f"trait_changes.{word} must be an object, {_kind(changes)} came"
                reasons.append(Reason(Code.MALFORMED, f"trait_changes.{word}", sentence))
    if session_id is not None and (session := _text("session_id", session_id, reasons)) is not None:
        made["session_id"] = session
    if timestamp:
        _times(timestamp, arrival, made, reasons)
    else:
        made["occurred_at"] = arrival.received_at
    return made, reasons


def type_word(said: object) -> object:
    """A word of a format's closed list, such as the type of an event: read whatever its case. What is no text comes
    back as it is."""
    return said.strip().lower() if isinstance(said, str) else said


def observe(item: Item, observation: Observation) -> None:
    item[0].setdefault(OBSERVED, set()).add(observation)


def _visible(text: str) -> bool:
    return trimmed(text) != ""


def _text(field: str, value: object, reasons: list[Reason]) -> str | None:
    """Ids are text; a whole number is taken as its digits. One of which nothing can be seen is none."""
    if value.__class__ is str and "0" <= value < "{" and value[-1].isalnum() and len(value) <= LONGEST_ID:
        return value  # it begins with what is seen, as nearly all do
    if value.__class__ is not str:
        if isinstance(value, str):  # made of content, see `message_ids`
            return value
        if value.__class__ is not int:
            reasons.append(Reason(Code.MALFORMED, field, f"{field} must be a string, {_kind(value)} came"))
            return None
        value = str(value)
    if not (value[:1].isalnum() and value[-1].isalnum()):
        value = trimmed(value) if without_marks(value) else ""
    if len(value) > LONGEST_ID:
        reasons.append(Reason(Code.MALFORMED, field, f"{field} is longer than {LONGEST_ID} characters"))
        return None
    return value or None


def _identity(field: str, value: object, reasons: list[Reason], kind: str = "user") -> str | None:
    """The id in its one spelling, or None where nobody is named: a placeholder beside a usable id is dropped, as if it
    were absent."""
    if value.__class__ is not str:
        if value is None:
            return None
        if value.__class__ is not int:
            if value.__class__ is not bool:
                reasons.append(
                    Reason(Code.MALFORMED, field, f"{field} must be a string, {_kind(value)} came")
                )
            return None
        value = str(value)
    value = named(kind, value)
    if value is not None and len(value) > LONGEST_IDENTITY:
        sentence = f"{field} is longer than {LONGEST_IDENTITY} characters"
        reasons.append(Reason(Code.MALFORMED, field, sentence))
        return None
    return value


def _previous(value: object, made: Fields, reasons: list[Reason]) -> None:
    previous = _identity("previous_id", value, reasons)
    if previous is not None:
        made["previous_id"] = previous
    elif not any(reason.field == "previous_id" for reason in reasons):
        sentence = "an alias needs previous_id, the id the person had before, and no placeholder"
        reasons.append(Reason(Code.NO_IDENTITY, "previous_id", sentence))


def _other_ids(other_ids: dict[str, object], made: Fields, reasons: list[Reason]) -> None:
    if len(other_ids) > MOST_OTHER_IDS:
        sentence = f"an event names its person by at most {MOST_OTHER_IDS} other ids, {len(other_ids)} came"
        reasons.append(Reason(Code.TOO_LARGE, "other_ids", sentence))
        return
    found = {}
    for kind, value in other_ids.items():
        if not identity.is_other_kind(kind):
            sentence = f"{shown(kind)!r} is no kind of id: a lowercase word of up to 31 letters, digits and underscores"
            reasons.append(Reason(Code.MALFORMED, "other_ids", sentence))
            continue
        usable = _identity(f"other_ids.{kind}", value, reasons, kind)
        if usable is not None:
            found[kind] = usable
    if found:
        made["other_ids"] = found


def _nobody(user_id: object, anonymous_id: object, other_ids: dict[str, object]) -> Reason:
    given = [value for value in (user_id, anonymous_id, *other_ids.values()) if value is not None]
    phone = other_ids.get("phone")
    if len(given) == 1 and isinstance(phone, str) and not identity.is_placeholder(phone):
        sentence = "no phone number with its country, like +442079460958: user_id or anonymous_id is needed"
    elif given:
        sentence = (
            f"{shown(str(given[0]))!r} is a placeholder and names nobody: user_id or anonymous_id is needed"
        )
    else:
        sentence = "user_id or anonymous_id is needed"
    return Reason(Code.NO_IDENTITY, "user_id", sentence)


def _is_of_an_id(reason: Reason) -> bool:
    """An id that is malformed is reason enough: it is not said as well that there is none."""
    return reason.field in ("user_id", "anonymous_id") or reason.field.startswith("other_ids")


def _object(field: str, value: object, reasons: list[Reason]) -> Fields:
    if isinstance(value, dict):
        return value
    if value == []:  # how PHP writes an empty object
        return {}
    reasons.append(Reason(Code.MALFORMED, field, f"{field} must be an object, {_kind(value)} came"))
    return {}


def _times(timestamp: object, arrival: Arrival, made: Fields, reasons: list[Reason]) -> None:
    if timestamp.__class__ is not str or timestamp[4:5] != "-":
        timestamp = either(timestamp)  # digits could be read as a day of another century
    try:
        if timestamp.__class__ is datetime:
            original: datetime = timestamp
        else:
            original = datetime.fromisoformat(timestamp)  # type: ignore[arg-type]
        if original.tzinfo is not UTC:
            original = _in_utc(original)
    except (TypeError, ValueError, OverflowError):
        oddly_written = _oddly_written(timestamp)
        if oddly_written is None:
            reasons.append(TIMESTAMP_UNREADABLE)
            made["occurred_at"] = arrival.sent()
            return
        original = oddly_written
    made["original_timestamp"] = original
    made["occurred_at"] = arrival.corrected(original) if arrival.skew else original


def time_of(value: object) -> datetime | None:
    """Of ISO 8601 text, UTC where it names no offset, or of a number since 1970; None when it is no time."""
    if value is None:
        return None
    if value.__class__ is not str or value[4:5] != "-":
        value = either(value)
    try:
        return _in_utc(value if isinstance(value, datetime) else datetime.fromisoformat(value))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return _oddly_written(value)


def _oddly_written(value: object) -> datetime | None:
    """In UTC; None when it is no time in any way of writing."""
    from functions.collect.adapter import odd_times  # what hardly any client sends

    at = odd_times.read(value)
    try:
        return None if at is None else _in_utc(at)
    except OverflowError:
        return None


def _in_utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _type_refused(type_: object) -> Reason:
    if type_ == SYSTEM:
        return Reason(Code.RESERVED_NAME, "type", "events of type system are Headrace's own")
    if type_ is None:
        return Reason(Code.MALFORMED, "type", "type is missing")
    came = shown(type_) if isinstance(type_, str) else _kind(type_)
    return Reason(Code.MALFORMED, "type", f"type must be one of {', '.join(sorted(TYPES))}; {came} came")


def _name_refused(name: object) -> Reason:
    if name is None or name == "":
        return Reason(Code.MALFORMED, "name", "the event has no name")
    if isinstance(name, str):
        if not _visible(name):
            return Reason(Code.MALFORMED, "name", "the event has no name that can be seen")
        return Reason(Code.MALFORMED, "name", f"the event's name is longer than {LONGEST_NAME} characters")
    return Reason(Code.MALFORMED, "name", f"the event's name must be a string, {_kind(name)} came")


def _kind(value: object) -> str:
    return JSON_TYPES.get(value.__class__, "something that is not JSON")
