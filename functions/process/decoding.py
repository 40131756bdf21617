"""A record's bytes → the record, without validating once more what `collect` validated before it wrote them.

Each field is looked at once: whether it is one that `collect` writes, and of that kind. What is not so (a record that
is damaged, or by other code than this) goes the long way, through the models' validation, and is read or refused there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args

import orjson
from pydantic import BaseModel

from shared import identity, records
from shared.events import Event, EventType
from shared.records import Record, Tally, Trust
from shared.times import in_utc

Fields = dict[str, Any]
Model = TypeVar("Model", bound=BaseModel)

OF_RECORDS: dict[str, type] = {
    "key": str, "source": str, "protocol": str, "trust": str, "workspace": int, "request": str, "received_at": str,
    "sent_at": str, "depth": int, "tally": dict, "events": list,
}  # fmt: skip
OF_TALLIES: dict[str, type] = {"received": int, "accepted": int, "rejected": int}
OF_EVENTS: dict[str, type] = {
    "id": str, "type": str, "name": str, "user_id": str, "anonymous_id": str, "previous_id": str, "other_ids": dict,
    "properties": dict, "traits": dict, "trait_changes": dict, "context": dict, "session_id": str, "occurred_at": str,
    "original_timestamp": str, "verified": list,
}  # fmt: skip
"""The fields that stand in the JSON of a record, its tally and an event of it, and the kind of each. What an event has
in common with the record's others stands in the record."""

RECORD_NEEDS = frozenset(OF_RECORDS) - {"sent_at", "depth"}
TALLY_NEEDS = frozenset(OF_TALLIES)
EVENT_NEEDS = frozenset({"id", "type", "name", "occurred_at"})

TYPES, TRUSTS = frozenset(get_args(EventType)), frozenset(get_args(Trust))
PROVABLE = frozenset({"user", "previous"})
NESTED = frozenset({"other_ids", "trait_changes", "verified"})

SET_VALUES, SET_SAID, SET_EXTRA, SET_PRIVATE = (
    vars(BaseModel)[name].__set__
    for name in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")
)
"""What writes the four slots of a model, each found once. The models are frozen, and `object.__setattr__` would look
for the slot, and whether it may write there, at every event."""


class NotAsWritten(Exception):
    """Not what `collect` writes: the models say whether it can be read all the same."""


def decode(data: bytes) -> Record:
    """The record in `data`. Raises ValueError (pydantic's and orjson's are) when it is not one of ours."""
    try:
        return _record(orjson.loads(data))
    except NotAsWritten:
        return records.decode(data)


def _record(fields: Any) -> Record:
    _look(fields, OF_RECORDS, RECORD_NEEDS)
    _look(fields["tally"], OF_TALLIES, TALLY_NEEDS)
    if fields["trust"] not in TRUSTS:
        raise NotAsWritten
    received_at = fields["received_at"] = _time(fields["received_at"])
    common = {"source": fields["source"], "protocol": fields["protocol"], "received_at": received_at}
    if "sent_at" in fields:
        common["sent_at"] = _time(fields.pop("sent_at"))
    fields["tally"] = _made(Tally, fields["tally"], set(TALLY_NEEDS))
    fields["events"] = tuple([_event(event, common) for event in fields["events"]])
    fields.setdefault("depth", 0)
    return _made(Record, fields, set(fields))


def _event(said: Any, common: Fields) -> Event:
    _look(said, OF_EVENTS, EVENT_NEEDS)
    if said["type"] not in TYPES:
        raise NotAsWritten
    values = _unsaid()
    values.update(common)
    values.update(said)
    values["occurred_at"] = _time(said["occurred_at"])
    if "original_timestamp" in said:
        values["original_timestamp"] = _time(said["original_timestamp"])
    if not said.keys().isdisjoint(NESTED):
        _look_into(said)
        values["verified"] = tuple(values["verified"])
    return _made(Event, values, {*common, *said})


def _look(fields: Any, kinds: Mapping[str, type], needed: frozenset[str]) -> None:
    """Whether all fields are of their kinds, and none is missing that is needed."""
    if type(fields) is not dict or not needed <= fields.keys():
        raise NotAsWritten
    if [*map(type, fields.values())] != [*map(kinds.get, fields)]:
        raise NotAsWritten


def _look_into(said: Fields) -> None:
    """The fields of an event whose items have kinds too."""
    other_ids, changes = said.get("other_ids", {}), said.get("trait_changes", {})
    if not (
        all(type(value) is str for value in other_ids.values())
        and all(map(identity.is_other_kind, other_ids))
        and all(type(change) is dict for change in changes.values())
        and all(type(proven) is str and proven in PROVABLE for proven in said.get("verified", ()))
    ):
        raise NotAsWritten


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotAsWritten from error
    if at.tzinfo is UTC:  # as nearly all are
        return at
    moved = in_utc(at)
    if not isinstance(moved, datetime) or moved.tzinfo is not UTC:
        raise NotAsWritten
    return moved


def _unsaid() -> Fields:
    """An event's fields in their order, as they are where nothing is said of them. No two events share a value."""
    return {
        "id": None, "type": None, "name": None, "user_id": None, "anonymous_id": None, "previous_id": None,
        "other_ids": {}, "properties": {}, "traits": {}, "trait_changes": {}, "context": {}, "session_id": None,
        "source": None, "protocol": None, "occurred_at": None, "original_timestamp": None, "sent_at": None,
        "received_at": None, "verified": (),
    }  # fmt: skip


def _made(model: type[Model], values: Fields, said: set[str]) -> Model:
    """What `model_construct` makes, of values for all fields: five times as quick, for it looks no field up."""
    made = model.__new__(model)
    SET_VALUES(made, values)
    SET_SAID(made, said)
    SET_EXTRA(made, None)
    SET_PRIVATE(made, None)
    return made
