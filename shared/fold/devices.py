"""Devices: what the person uses, and where push messages reach them. The 20 used last are kept.

`context.device` with `registered: false` says that push ended there: the device, by its id or its token, loses the
token. With `removed: true` it is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from shared.events import Event
from shared.fold.effects import Effect, Facts

name = "devices"
budget = 9 * 1024
reads: tuple[str, ...] = ()

KEPT, CHARACTERS = 20, 5 * 1024
LONGEST_TOKEN, LONGEST_TEXT = 512, 100
"""Characters; APNs tokens have 64 to 200, FCM's about 160."""

PUSH_TOKEN_INVALID = "Push Token Invalid"  # noqa: S105
"""The system event by which `send` reports that a provider refused a token for good."""

Platform = Literal["ios", "android", "web", "other"]
PLATFORMS: dict[str, Platform] = {
    "ios": "ios", "ipados": "ios", "iphone os": "ios", "apns": "ios", "apns_sandbox": "ios",
    "android": "android", "gcm": "android", "fcm": "android",
    "web": "web", "browser": "web", "web_push": "web", "chrome": "web", "firefox": "web", "safari": "web",
    "adm": "other", "baidu": "other", "hms": "other", "huawei": "other", "apns_voip": "other",
    "apns_voip_sandbox": "other",
}  # fmt: skip
"""What `context.device.type`, else `context.os.name`, says of where a token leads. The last ones are services of their
own: the same phones, but neither Firebase nor APNs would know their tokens as addresses for a notification."""


@dataclass(frozen=True, slots=True)
class Device:
    """`seen` is a UTC day: a finer time would change the profile with every event for nothing."""

    id: str
    platform: Platform
    seen: date
    token: str | None = None
    model: str | None = None
    app: str | None = None


@dataclass(frozen=True, slots=True)
class Devices:
    """Used last comes last."""

    known: tuple[Device, ...] = ()


def apply(state: Devices, event: Event, facts: Facts) -> tuple[Devices, list[Effect]]:
    if event.type == "system":
        return (_without_token(state, event) if event.name == PUSH_TOKEN_INVALID else state), []
    context = event.context.get("device")
    if not isinstance(context, dict):
        return state, []
    token = _text(context.get("token"), LONGEST_TOKEN)
    known_as = _text(context.get("id"), LONGEST_TEXT) or token
    if known_as is None:
        return state, []
    if context.get("removed") is True or context.get("registered") is False:
        return _ended(state, known_as, token, forget=context.get("removed") is True), []
    before = next((device for device in state.known if device.id == known_as), None)
    used = _device(known_as, token, context, event, before)
    if used == before:
        return state, []
    others = [device for device in state.known if device.id != used.id and not _same_token(device, used)]
    return Devices(_fitting((*others, used))), []


def merge(one: Devices, other: Devices) -> Devices:
    mine = {device.id for device in one.known}
    tokens = {device.token for device in one.known if device.token}
    added = [device for device in other.known if device.id not in mine and device.token not in tokens]
    if not added:
        return one
    return Devices(_fitting(tuple(sorted((*added, *one.known), key=lambda device: device.seen))))


def explain(state: Devices) -> str:
    reachable = sum(device.token is not None for device in state.known)
    return f"{len(state.known)} devices, {reachable} reachable by push"


def _device(
    known_as: str, token: str | None, context: dict[str, Any], event: Event, before: Device | None
) -> Device:
    """The device as the event shows it; what the event does not say stays as it was `before`."""
    app = event.context.get("app")
    platform = _platform(context, event.context.get("os"))
    model = _text(context.get("model"), LONGEST_TEXT)
    app_name = _text(app.get("name"), LONGEST_TEXT) if isinstance(app, dict) else None
    seen = min(event.occurred_at, event.received_at).date()
    if before is None:
        return Device(known_as, platform or "other", seen, token, model, app_name)
    return Device(
        id=known_as,
        platform=platform or before.platform,
        seen=max(seen, before.seen),
        token=token or before.token,
        model=model or before.model,
        app=app_name or before.app,
    )


def _platform(device: dict[str, Any], os: object) -> Platform | None:
    named = [device.get("type"), os.get("name") if isinstance(os, dict) else None]
    for word in named:
        if isinstance(word, str) and word.lower() in PLATFORMS:
            return PLATFORMS[word.lower()]
    return None


def _text(value: object, longest: int) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= longest else None


def _fitting(devices: tuple[Device, ...]) -> tuple[Device, ...]:
    """Those used last, as many as fit."""
    kept = devices[-KEPT:]
    while (
        sum(len(text or "") for one in kept for text in (one.id, one.token, one.model, one.app)) > CHARACTERS
    ):
        kept = kept[1:]
    return kept


def _same_token(one: Device, other: Device) -> bool:
    return one.token is not None and one.token == other.token


def _ended(state: Devices, known_as: str, token: str | None, *, forget: bool) -> Devices:
    """Push ended on the device that has this id or token."""
    ended = {
        device.id for device in state.known if device.id == known_as or (token and device.token == token)
    }
    if forget:
        return Devices(tuple(device for device in state.known if device.id not in ended))
    return Devices(
        tuple(replace(device, token=None) if device.id in ended else device for device in state.known)
    )


def _without_token(state: Devices, event: Event) -> Devices:
    invalid = event.properties.get("token")
    return Devices(
        tuple(replace(device, token=None) if device.token == invalid else device for device in state.known)
    )
