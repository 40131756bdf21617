"""Format 1 of a stored profile: one JSON object, as it was written until 2026-11-30. It is only read.

Whoever is folded again is stored in the format of today.
"""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime
from typing import Any

import orjson

from shared.events import Event
from shared.fold import packing
from shared.fold.outbox import Decisions, Derived, OutboxEntry, Refusal, Request, Woken
from shared.fold.parts.app_versions import AppVersions, Reported
from shared.fold.parts.consents import Consent, Consents
from shared.fold.parts.counters import Counter, Counters
from shared.fold.parts.devices.device import Device, Devices
from shared.fold.parts.devices.storing import DAY
from shared.fold.parts.duplicates.ring import WIDTH, Ring
from shared.fold.parts.identities import Identities
from shared.fold.parts.sessions.session import Line, Session, Sessions
from shared.fold.parts.traits import Traits
from shared.fold.parts.utm import Visit
from shared.fold.parts.volume import Volume
from shared.fold.profile import Profile, Seen, mark_key
from shared.fold.state import States
from shared.times import from_microseconds, milliseconds

Json = dict[str, Any]

HASH_CHARACTERS = 11
"""Of base64, for eight bytes: the padding was left out."""


def decoded(key: str, data: bytes, version: int) -> Profile:
    """Raises ValueError when it is none."""
    stored: Json = orjson.loads(data)
    slices: Json = stored.get("states", {})
    return Profile(
        key,
        version,
        States(**{name: READERS[name](slice_) for name, slice_ in slices.items()}),
        {mark_key(marked): _mark(mark) for marked, mark in stored.get("seen", {}).items()},
        tuple(map(_entry, stored.get("outbox", ()))),
        tuple(stored.get("absorbed", ())),
        _time(stored.get("due_at")),
        _time(stored.get("created_at")),
        _time(stored.get("clock")),
    )


def _identities(stored: Json) -> Identities:
    return Identities(tuple(stored.get("known", ())), stored.get("known_user", False))


def _ring(stored: Json) -> Ring:
    hours = {int(hour): _hashes(hashes) for hour, hashes in stored.get("hours", {}).items()}
    records = {
        int(hour): {_hashes(digest): tuple(indexes) for digest, indexes in of_hour.items()}
        for hour, of_hour in stored.get("records", {}).items()
    }
    return Ring(hours, records)


def _hashes(text: str) -> bytes:
    """The first bytes of each hash, which is what is kept of them now."""
    return b"".join(
        base64.b64decode(text[start : start + HASH_CHARACTERS] + "=")[:WIDTH]
        for start in range(0, len(text), HASH_CHARACTERS)
    )


def _traits(stored: Json) -> Traits:
    times = {trait: max(0, at) for trait, at in stored.get("times", {}).items()}
    return Traits(stored.get("values", {}), times)


def _consents(stored: Json) -> Consents:
    return Consents(
        {
            channel: Consent(said["given"], _since_1970(said["at"]), said.get("carried", False))
            for channel, said in stored.get("channels", {}).items()
        }
    )


def _devices(stored: Json) -> Devices:
    return Devices(
        tuple(
            Device(
                **{
                    **device,
                    "seen": max(DAY, date.fromisoformat(device["seen"])),
                    "token_at": max(0, device.get("token_at", 0)),
                }
            )
            for device in stored.get("known", ())
        )
    )


def _counters(stored: Json) -> Counters:
    """Each as a list, or, before that, as an object."""
    events: dict[str, Counter] = {}
    for counted, counter in stored.get("events", {}).items():
        count, first, last = counter.values() if isinstance(counter, dict) else counter
        events[counted] = Counter(count, milliseconds(_sure(first)), milliseconds(_sure(last)))
    return Counters(events)


def _sessions(stored: Json) -> Sessions:
    return Sessions(
        _session(stored.get("current")),
        tuple(Session(**_session_fields(one)) for one in stored.get("ended", ())),
        _time_since_1970(stored.get("over_at")),
        Line(
            _session(stored.get("history", {}).get("current")),
            _time_since_1970(stored.get("history", {}).get("over_at")),
        ),
    )


def _session(stored: Json | None) -> Session | None:
    return Session(**_session_fields(stored)) if stored is not None else None


def _session_fields(stored: Json) -> Json:
    times = {name: _time_since_1970(stored.get(name)) for name in ("started_at", "last_at", "came_at")}
    return {**stored, **times}


def _app_versions(stored: Json) -> AppVersions:
    """A version alone is from before they had times, and older than any."""
    return AppVersions(
        {
            app: Reported(one, 0) if isinstance(one, str) else Reported(one[0], max(0, one[1]))
            for app, one in stored.get("versions", {}).items()
        }
    )


def _utm(stored: Json) -> Visit:
    before = {digest: _since_1970(at) for digest, at in stored.get("before", {}).items()}
    return Visit(stored.get("link", {}), _time_since_1970(stored.get("at")), before)


READERS = {
    "volume": lambda stored: Volume(**stored),
    "duplicates": _ring,
    "identities": _identities,
    "traits": _traits,
    "consents": _consents,
    "devices": _devices,
    "counters": _counters,
    "sessions": _sessions,
    "app_versions": _app_versions,
    "utm": _utm,
}


def _mark(stored: Json) -> Seen:
    return Seen(stored["sequence"], _sure(stored["at"]), stored.get("done"), stored.get("turn", 0))


def _entry(stored: Json) -> OutboxEntry:
    decisions = stored.get("decisions", {})
    return OutboxEntry(
        stored["key"],
        stored["sequence"],
        _sure(stored["at"]),
        stored["workspace"],
        Decisions(
            duplicates=tuple(decisions.get("duplicates", ())),
            unfolded=tuple(decisions.get("unfolded", ())),
            refused=tuple(Refusal(**one) for one in decisions.get("refused", ())),
            sessions=tuple((index, session) for index, session in decisions.get("sessions", ())),
            derived=tuple(map(_derived, decisions.get("derived", ()))),
            requests=tuple(Request(**one) for one in decisions.get("requests", ())),
            forwarded=tuple(decisions.get("forwarded", ())),
            timers=tuple(Woken(**{**one, "at": _sure(one["at"])}) for one in decisions.get("timers", ())),
        ),
        stored.get("start", 0),
        stored.get("end"),
        stored.get("turn", 0),
    )


def _derived(stored: Json) -> Derived | Event:
    """Whole events are older still."""
    return (
        Event.model_validate(stored) if "id" in stored else Derived(**{**stored, "at": _sure(stored["at"])})
    )


def _time(stored: str | int | None) -> datetime | None:
    return None if stored is None else _sure(stored)


def _time_since_1970(stored: str | int | None) -> datetime | None:
    return None if stored is None else _since_1970(stored)


def _since_1970(stored: str | int) -> datetime:
    """A time of a slice: what happened before 1970 is kept as of then, as it will be when the profile is saved."""
    return max(packing.EARLIEST, _sure(stored))


def _sure(stored: str | int) -> datetime:
    """A time as ISO 8601, or in microseconds since 1970."""
    if isinstance(stored, int):
        return from_microseconds(stored)
    return datetime.fromisoformat(stored).astimezone(UTC)
