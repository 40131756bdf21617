"""App versions: says `App Version Changed` when an app on one of the person's devices reports another version.

The version reported last counts, by the events' times: one that comes late changes nothing, and is not said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from shared.events import Event
from shared.fold import packing
from shared.fold.effects import Derive, Effect, Facts
from shared.times import milliseconds

name = "app_versions"
budget = 704
reads: tuple[str, ...] = ()

KEPT, LONGEST, TEXT_BYTES = 20, 60, 580
"""Apps, bytes of a name or a version, and of all of them, as JSON."""


class Reported(NamedTuple):
    """A version, and when an event said it last, in milliseconds since 1970."""

    version: str
    at: int


@dataclass(frozen=True, slots=True)
class AppVersions:
    """`app` or `app@device` → the version it reported last."""

    versions: dict[str, Reported] = field(default_factory=dict)


EMPTY = AppVersions()


def concerns(event: Event, facts: Facts) -> bool:
    return "app" in event.context


def apply(state: AppVersions, event: Event, facts: Facts) -> tuple[AppVersions, list[Effect]]:
    app = event.context.get("app")
    if not isinstance(app, dict):
        return state, []
    called, version = app.get("namespace") or app.get("name"), app.get("version")
    if not (_is_short(called) and _is_short(version)):
        return state, []
    device = event.context.get("device")
    on = device.get("id") if isinstance(device, dict) else None
    key = f"{called}@{on}" if _is_short(on) else str(called)
    now = Reported(str(version), max(0, milliseconds(event.happened_at)))
    before = state.versions.get(key)
    if before is not None and now.at < before.at:
        return state, []
    after = {**state.versions, key: now}
    if before is None:
        return AppVersions(_fitting(after)), []
    if before.version == now.version:
        return AppVersions(after), []
    said = {"app": called, "version": version, "previous_version": before.version}
    return AppVersions(_fitting(after)), [Derive("App Version Changed", said, event.occurred_at)]


def merge(one: AppVersions, other: AppVersions) -> AppVersions:
    versions = dict(one.versions)
    for key, theirs in other.versions.items():
        mine = versions.get(key)
        if mine is None or theirs.at > mine.at:
            versions[key] = theirs
    return AppVersions(_fitting(versions))


def encode(state: AppVersions) -> bytes:
    texts = [(app, one.version) for app, one in state.versions.items()]
    numbers = [packing.number(one.at, packing.MILLISECONDS) for one in state.versions.values()]
    return packing.written(texts, b"".join(numbers))


def decode(data: bytes) -> AppVersions:
    texts, numbers = packing.read(data)
    width = packing.MILLISECONDS
    return AppVersions(
        {
            app: Reported(version, packing.number_at(numbers, width * place, width))
            for place, (app, version) in enumerate(texts)
        }
    )


def explain(state: AppVersions) -> str:
    return ", ".join(f"{app} {one.version}" for app, one in state.versions.items()) or "no app"


def _fitting(versions: dict[str, Reported]) -> dict[str, Reported]:
    """Those reported last, as many as fit."""
    kept = versions
    while len(kept) > KEPT or _bytes(kept) > TEXT_BYTES:
        oldest = min(kept, key=lambda key: (kept[key].at, key))
        kept = {key: one for key, one in kept.items() if key != oldest}
    return kept


def _bytes(versions: dict[str, Reported]) -> int:
    return len(orjson.dumps([(key, one.version) for key, one in versions.items()]))


def _is_short(text: object) -> bool:
    return isinstance(text, str) and 0 < len(orjson.dumps(text)) - 2 <= LONGEST
