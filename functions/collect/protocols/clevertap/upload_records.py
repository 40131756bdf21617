"""The records of `/1/upload`, each by itself: `type` says what it is, one of four ids whose it is.

https://developer.clevertap.com/docs/upload-events-api
https://developer.clevertap.com/docs/upload-device-tokens-api
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import Item, type_word
from functions.collect.adapter.message_ids import of_unnumbered
from functions.collect.protocols.clevertap.records import (
    About,
    Moment,
    Person,
    malformed,
    of_device,
    profiled,
    tracked,
)
from functions.collect.protocols.clevertap.wire_values import seconds
from shared.plan.reasons import Code, Reason

if TYPE_CHECKING:
    from functions.collect.adapter.wire_format import NoObject
    from functions.collect.protocols.clevertap.raw import Record, TokenData


def item(raw: Record | NoObject, arrival: Arrival) -> Item:
    if not isinstance(raw, dict):
        return malformed("type", "a record must be a JSON object with a type")
    person = Person(raw.get("identity"), raw.get("objectId"), raw.get("FBID"), raw.get("GPID"))
    said = raw.get("ts")
    when = Moment(seconds(said))
    about = About(arrival, person, when, {})
    match type_word(raw.get("type")):
        case "event":
            data = raw.get("evtData")
            made = tracked(about, raw.get("evtName"), {} if data is None else data)
        case "profile":
            data = raw.get("profileData")
            if not isinstance(data, dict):
                return malformed("profileData", "profileData must be an object of attributes")
            made = profiled(about, data, "profileData")
        case "token":
            made = _token(raw.get("tokenData"), about)
        case _:
            return malformed("type", "type must be event, profile or token")
    if said is not None and when.at is None:
        sentence = "ts must be the seconds since 1970, and not 0"
        made[1].insert(0, Reason(Code.MALFORMED, "ts", sentence))
    return made


def _token(data: TokenData | NoObject, about: About) -> Item:
    if not isinstance(data, dict):
        return malformed("tokenData", "tokenData must be an object with id and type")
    for field in ("id", "type"):
        value = data.get(field)
        if not isinstance(value, str) or not value:
            return malformed(f"tokenData.{field}", f"tokenData needs {field}, a string")
    person, when = about.person, about.when
    if when.at is not None:
        when = when._replace(id=of_unnumbered(person, "token", when.at, data))
    device = {"token": data["id"], "type": data["type"]}
    if isinstance(person.object_id, str):
        device = {"id": person.object_id, **device}
    if isinstance(data.get("keys"), dict):  # of a browser's subscription
        device["keys"] = data["keys"]
    return of_device(about._replace(when=when), device)
