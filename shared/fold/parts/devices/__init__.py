"""Devices: what the person uses, and where push messages reach them. The 20 used last are kept.

`context.device` with `registered: false` says that push ended there: the device, by its id or its token, loses the
token. With `removed: true` it is forgotten. Of two words on a device's token the one said later counts, whichever comes
first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

import orjson

from shared.events import Event
from shared.fold import packing
from shared.fold.effects import Effect, Facts, Registered
from shared.text.counting import number_of
from shared.times import milliseconds

name = "devices"
budget = 3_072
reads: tuple[str, ...] = ()

KEPT, TEXT_BYTES = 20, 2_880
"""Devices, and bytes that their texts take as JSON."""

LONGEST_TOKEN, LONGEST_TEXT = 512, 100
"""Bytes as JSON; APNs tokens have 64 to 200, FCM's about 160."""

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
    """`seen` is a UTC day: a finer time would change the profile with every event for nothing. `token_at` is when the
    token was last said, or its end, in milliseconds since 1970; 0 where it is not known. `token_moved`: somebody else
    registered the token later, so it reaches them now.
    """

    id: str
    platform: Platform
    seen: date
    token: str | None = None
    model: str | None = None
    app: str | None = None
    token_at: int = 0
    token_moved: bool = False

    @property
    def reachable_by(self) -> str | None:
        """The token, if push to it reaches this person."""
        return None if self.token_moved else self.token


@dataclass(frozen=True, slots=True)
class Devices:
    """Used last comes last."""

    known: tuple[Device, ...] = ()


EMPTY = Devices()

STORED_PLATFORMS: tuple[Platform, ...] = ("ios", "android", "web", "other")
"""As they are stored, by their place here."""

MOVED, DAY = 128, date(1970, 1, 1)
NUMBERS = 3 + packing.MILLISECONDS
"""Bytes of a device's numbers: one of its platform, and whether its token moved; two of the day; the token's time."""


def concerns(event: Event, facts: Facts) -> bool:
    return "device" in event.context or event.name == PUSH_TOKEN_INVALID


def apply(state: Devices, event: Event, facts: Facts) -> tuple[Devices, list[Effect]]:
    if event.type == "system":
        return (_without_token(state, event) if event.name == PUSH_TOKEN_INVALID else state), []
    context = event.context.get("device")
    if not isinstance(context, dict):
        return state, []
    if _ends(context):
        return _ended(state, context, event), []
    token = _text(context.get("token"), LONGEST_TOKEN)
    known_as = _text(context.get("id"), LONGEST_TEXT) or token
    if known_as is None:
        return state, []
    before = next((device for device in state.known if device.id == known_as), None)
    at = 0
    if token is not None:
        at = max(0, milliseconds(event.happened_at))
        if any(
            device.token == token and device.token_at > at for device in state.known if device is not before
        ):
            token = None  # it comes late: the token has moved to another device since
    if token is None and before is not None and _is_known(before, context, event):
        return state, []  # as of most events
    used = _device(known_as, token, at, context, event, before)
    registered: list[Effect] = []
    if token is not None and used.token == token and not holds(state, token):
        used = replace(used, token_moved=facts.tokens.get(token, -1) >= used.token_at)
        registered = [] if used.token_moved else [Registered(token)]
    if used == before:
        return state, []
    if before is not None and _shown_by(used) == _shown_by(before):
        return Devices(tuple(used if device is before else device for device in state.known)), []
    others = [device for device in state.known if device is not before and not _same_token(device, used)]
    return Devices(_fitting([*others, used])), registered


def token_said(event: Event) -> str | None:
    """The token that the event registers."""
    context = event.context.get("device")
    if event.type == "system" or not isinstance(context, dict) or _ends(context):
        return None
    return _text(context.get("token"), LONGEST_TOKEN)


def holds(state: Devices, token: str) -> bool:
    """Whether the token is this person's."""
    return any(device.reachable_by == token for device in state.known)


def said_at(state: Devices, token: str) -> int | None:
    """When the person whose token it is said it last, in milliseconds since 1970."""
    return next((device.token_at for device in state.known if device.reachable_by == token), None)


def lost(state: Devices, token: str) -> Devices:
    """Somebody else registered the token."""
    return Devices(
        tuple(
            replace(device, token_moved=True) if device.token == token else device for device in state.known
        )
    )


def withdraw(state: Devices, event: Event) -> Devices:
    """Only the end of push on a device: that counts even of an event that is not folded."""
    context = event.context.get("device")
    if event.type == "system" or not isinstance(context, dict) or not _ends(context):
        return state
    return _ended(state, context, event)


def merge(one: Devices, other: Devices) -> Devices:
    theirs = {device.id: device for device in other.known}
    mine = [_both(device, theirs.pop(device.id, device)) for device in one.known]
    united = {device.id: device for device in (*theirs.values(), *mine)}
    holders = {device.token: device for device in sorted(united.values(), key=_said_last)}
    kept = [device for device in united.values() if device.token is None or holders[device.token] is device]
    return one if kept == list(one.known) else Devices(_fitting(kept))


def encode(state: Devices) -> bytes:
    texts = [(one.id, one.token, one.model, one.app) for one in state.known]
    numbers = [
        bytes([STORED_PLATFORMS.index(one.platform) | MOVED * one.token_moved])
        + packing.number((one.seen - DAY).days, 2)
        + packing.number(one.token_at, packing.MILLISECONDS)
        for one in state.known
    ]
    return packing.written(texts, b"".join(numbers))


def decode(data: bytes) -> Devices:
    texts, numbers = packing.read(data)
    known = []
    for place, (known_as, token, model, app) in enumerate(texts):
        start = place * NUMBERS
        known.append(
            Device(
                id=known_as,
                platform=STORED_PLATFORMS[numbers[start] & ~MOVED],
                seen=DAY + timedelta(days=packing.number_at(numbers, start + 1, 2)),
                token=token,
                model=model,
                app=app,
                token_at=packing.number_at(numbers, start + 3, packing.MILLISECONDS),
                token_moved=bool(numbers[start] & MOVED),
            )
        )
    return Devices(tuple(known))


def explain(state: Devices) -> str:
    reachable = sum(device.reachable_by is not None for device in state.known)
    return f"{number_of(len(state.known), 'device')}, {reachable} reachable by push"


def _is_known(device: Device, context: dict[str, Any], event: Event) -> bool:
    """Whether the event, which says no token, shows the device as it is known."""
    platform, model, app = _shown(context, event)
    return (
        platform in (None, device.platform)
        and model in (None, device.model)
        and app in (None, device.app)
        and event.happened_at.date() <= device.seen
    )


def _shown(context: dict[str, Any], event: Event) -> tuple[Platform | None, str | None, str | None]:
    """The platform, the model and the app's name, as far as the event says them."""
    app = event.context.get("app")
    return (
        _platform(context, event.context.get("os")),
        _text(context.get("model"), LONGEST_TEXT),
        _text(app.get("name"), LONGEST_TEXT) if isinstance(app, dict) else None,
    )


def _device(
    known_as: str, token: str | None, at: int, context: dict[str, Any], event: Event, before: Device | None
) -> Device:
    """The device as the event shows it; what the event does not say stays as it was `before`."""
    platform, model, app_name = _shown(context, event)
    seen = max(DAY, event.happened_at.date())
    if before is None:
        at = at if token is not None else 0
        return Device(known_as, platform or "other", seen, token, model, app_name, at)
    is_later = token is not None and at >= before.token_at
    return Device(
        id=known_as,
        platform=platform or before.platform,
        seen=max(seen, before.seen),
        token=token if is_later else before.token,
        model=model or before.model,
        app=app_name or before.app,
        token_at=at if is_later else before.token_at,
        token_moved=before.token_moved and not (is_later and token != before.token),
    )


def _shown_by(device: Device) -> tuple[object, ...]:
    """All of it but for the time of its token, which most events renew and nothing else."""
    return device.platform, device.seen, device.token, device.model, device.app, device.token_moved


def _platform(device: dict[str, Any], os: object) -> Platform | None:
    named = [device.get("type"), os.get("name") if isinstance(os, dict) else None]
    for word in named:
        if isinstance(word, str) and word.lower() in PLATFORMS:
            return PLATFORMS[word.lower()]
    return None


def _text(value: object, longest: int) -> str | None:
    if not isinstance(value, str) or not 0 < len(orjson.dumps(value)) - 2 <= longest:
        return None
    return value


def _fitting(devices: list[Device]) -> tuple[Device, ...]:
    """Those used last, as many as fit."""
    kept = sorted(devices, key=lambda device: device.seen)[-KEPT:]
    while len(orjson.dumps([(one.id, one.token, one.model, one.app) for one in kept])) > TEXT_BYTES:
        kept = kept[1:]
    return tuple(kept)


def _same_token(one: Device, other: Device) -> bool:
    return one.token is not None and one.token == other.token


def _both(mine: Device, theirs: Device) -> Device:
    """One device that two people used who are one: the token said last."""
    last = theirs if _said_last(theirs) > _said_last(mine) else mine
    return replace(
        mine,
        seen=max(mine.seen, theirs.seen),
        token=last.token,
        token_at=last.token_at,
        token_moved=last.token_moved,
    )


def _said_last(device: Device) -> tuple[int, bool]:
    """Of two devices with one token, the one of whoever it belongs to comes last."""
    return device.token_at, not device.token_moved


def _ends(context: dict[str, Any]) -> bool:
    return context.get("removed") is True or context.get("registered") is False


def _ended(state: Devices, context: dict[str, Any], event: Event) -> Devices:
    """Push ended on the device that has this id or token, unless it was registered after that."""
    token = _text(context.get("token"), LONGEST_TOKEN)
    known_as = _text(context.get("id"), LONGEST_TEXT) or token
    at = milliseconds(event.happened_at)
    kept: list[Device] = []
    for device in state.known:
        is_meant = device.id == known_as or (token is not None and device.token == token)
        if not is_meant or device.token_at > at:
            kept.append(device)
        elif context.get("removed") is not True:
            kept.append(replace(device, token=None, token_at=at, token_moved=False))
    return Devices(tuple(kept))


def _without_token(state: Devices, event: Event) -> Devices:
    invalid, at = event.properties.get("token"), milliseconds(event.happened_at)
    return Devices(
        tuple(
            replace(device, token=None, token_at=max(at, device.token_at), token_moved=False)
            if invalid is not None and device.token == invalid
            else device
            for device in state.known
        )
    )
