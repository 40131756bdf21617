"""Look up a person by any identity, and present them as plain JSON values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared import identity
from shared.events import utc_text
from shared.fold import ORDER
from shared.fold.parts.devices.device import Device
from shared.fold.parts.place import FIELDS, Place
from shared.fold.parts.sessions.session import Session
from shared.fold.profile import CircularPointers, Pointer, Profile
from shared.ports.people import Profiles


def find(profiles: Profiles, typed: str) -> Profile | None:
    """The person with an identity, given as a value (`u1`, `ana@shop.example`) or a key (`anonymous:a1`,
    `facebook:42`). If several kinds match, the strongest wins."""
    return known_by(profiles, candidates(typed))


def known_by(profiles: Profiles, keys: Sequence[str]) -> Profile | None:
    """The person of the first identity key that is known.

    Raises Unavailable and CircularPointers.
    """
    stored = profiles.load(keys)
    found = next((stored[key] for key in keys if key in stored), None)
    followed: set[str] = set()
    while isinstance(found, Pointer):
        if found.key in followed:
            raise CircularPointers("pointers of identities lead in a circle")
        followed.add(found.key)
        found = profiles.load([found.target]).get(found.target)
    return found


def candidates(typed: str) -> tuple[str, ...]:
    """The identity keys that the typed text may mean, likeliest first. A vendor's id is found only by its key."""
    kinds = tuple(_key(kind, typed) for kind in identity.STRENGTH)
    kind, value = identity.kind_of(typed), identity.value_of(typed)
    is_key = value and (kind in identity.STRENGTH or identity.is_other_kind(kind))
    return (_key(kind, value), *kinds) if is_key else kinds


def _key(kind: str, value: str) -> str:
    return identity.key(kind, identity.normalised(kind, value))


def keys_of(profile: Profile) -> tuple[str, ...]:
    """The keys under which the person's timeline and messages are stored."""
    return (profile.key, *profile.absorbed)


def presented(profile: Profile) -> dict[str, Any]:
    """The person as JSON values, times as RFC 3339. `explained` has each part of the profile in a few words."""
    states = profile.states
    return {
        "key": profile.key,
        "identities": list(states.identities.known) or [profile.key],
        "traits": states.traits.values,
        "consents": {channel: consent.given for channel, consent in states.consents.channels.items()},
        "counters": {
            name: {"count": counter.count, "first": utc_text(counter.first), "last": utc_text(counter.last)}
            for name, counter in states.counters.events.items()
        },
        "devices": [_device(device) for device in reversed(states.devices.known)],
        "sessions": {"current": _session(states.sessions.current)},
        "app_versions": {app: one.version for app, one in states.app_versions.versions.items()},
        "utm": states.utm.link,
        "place": _place(states.place),
        "absorbed": list(profile.absorbed),
        "created_at": _time(profile.created_at),
        "due_at": _time(profile.due_at),
        "version": profile.version,
        "explained": ORDER.explain(states),
    }


def _device(device: Device) -> dict[str, Any]:
    return {
        "id": device.id,
        "platform": device.platform,
        "model": device.model,
        "app": device.app,
        "token": device.token,
        "token_moved": device.token_moved,
        "seen": device.seen.isoformat(),
    }


def _place(place: Place) -> dict[str, dict[str, Any]]:
    said = {field: getattr(place, field) for field in FIELDS}
    return {
        field: {"value": one.value, "said_at": utc_text(one.at)}
        for field, one in said.items()
        if one is not None
    }


def _session(session: Session | None) -> dict[str, Any] | None:
    if session is None:
        return None
    return {
        "id": session.id,
        "started_at": utc_text(session.started_at),
        "last_at": utc_text(session.last_at),
        "events": session.events,
    }


def _time(at: datetime | None) -> str | None:
    return utc_text(at) if at is not None else None
