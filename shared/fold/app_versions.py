"""App versions: says `App Version Changed` when an app on one of the person's devices reports another version."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.events import Event
from shared.fold.effects import Derive, Effect, Facts

name = "app_versions"
budget = 4 * 1024
reads: tuple[str, ...] = ()

KEPT, LONGEST = 20, 60


@dataclass(frozen=True, slots=True)
class AppVersions:
    """`app` or `app@device` → the version it reported last; used last comes last."""

    versions: dict[str, str] = field(default_factory=dict)


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
    before = state.versions.get(key)
    if before == version:
        return state, []
    others = {app: old for app, old in state.versions.items() if app != key}
    kept = dict(list({**others, key: str(version)}.items())[-KEPT:])
    changed: list[Effect] = []
    if before is not None:
        said = {"app": called, "version": version, "previous_version": before}
        changed = [Derive("App Version Changed", said, event.occurred_at)]
    return AppVersions(kept), changed


def merge(one: AppVersions, other: AppVersions) -> AppVersions:
    return AppVersions(dict(list({**other.versions, **one.versions}.items())[-KEPT:]))


def explain(state: AppVersions) -> str:
    return ", ".join(f"{app} {version}" for app, version in state.versions.items()) or "no app"


def _is_short(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= LONGEST
