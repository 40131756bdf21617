"""Devices: what the person uses, and where push messages reach them. The 20 used last are kept.

`context.device` with `registered: false` says that push ended there: the device, by its id or its token, loses the
token. With `removed: true` it is forgotten. Of two words on a device's token the one said later counts, whichever comes
first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from shared.events import Event
from shared.fold.effects import Effect, Facts, Registered
from shared.fold.parts.devices.device import (
    EMPTY,
    KEPT,
    LONGEST_TEXT,
    LONGEST_TOKEN,
    TEXT_BYTES,
    Device,
    Devices,
)
from shared.fold.parts.devices.said import ends, shown, text_of
from shared.fold.parts.devices.storing import DAY, decode, encode
from shared.fold.parts.devices.tokens import PUSH_TOKEN_INVALID, ended, holds, said_last, without_token
from shared.text.counting import number_of
from shared.times import milliseconds

__all__ = [
    "EMPTY", "apply", "budget", "concerns", "decode", "encode", "explain", "merge", "name", "reads", "withdraw",
]  # fmt: skip

name = "devices"
budget = 3_072
reads: tuple[str, ...] = ()


def concerns(event: Event, facts: Facts) -> bool:
    return "device" in event.context or event.name == PUSH_TOKEN_INVALID


def apply(state: Devices, event: Event, facts: Facts) -> tuple[Devices, list[Effect]]:
    if event.type == "system":
        return (without_token(state, event) if event.name == PUSH_TOKEN_INVALID else state), []
    context = event.context.get("device")
    if not isinstance(context, dict):
        return state, []
    if ends(context):
        return ended(state, context, event), []
    if _is_known(state, context, event):
        return state, []  # as of most events
    token = text_of(context.get("token"), LONGEST_TOKEN)
    known_as = text_of(context.get("id"), LONGEST_TEXT) or token
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
    kept = Devices(_fitting([*others, used]))
    return kept, registered if used in kept.known else []


def withdraw(state: Devices, event: Event) -> Devices:
    """Only the end of push on a device: that counts even of an event that is not folded."""
    context = event.context.get("device")
    if event.type == "system" or not isinstance(context, dict) or not ends(context):
        return state
    return ended(state, context, event)


def merge(one: Devices, other: Devices) -> Devices:
    theirs = {device.id: device for device in other.known}
    mine = [_both(device, theirs.pop(device.id, device)) for device in one.known]
    united = {device.id: device for device in (*theirs.values(), *mine)}
    holders = {device.token: device for device in sorted(united.values(), key=said_last)}
    kept = [device for device in united.values() if device.token is None or holders[device.token] is device]
    return one if kept == list(one.known) else Devices(_fitting(kept))


def explain(state: Devices) -> str:
    reachable = sum(device.reachable_by is not None for device in state.known)
    return f"{number_of(len(state.known), 'device')}, {reachable} reachable by push"


def _is_known(state: Devices, context: dict[str, Any], event: Event) -> bool:
    """Whether the event says no token, and shows a device as it is known: a shorter way to the same devices."""
    if "token" in context:
        return False
    known_as = context.get("id")
    for device in state.known:
        if device.id == known_as:
            platform, model, app = shown(context, event)
            return (
                platform in (None, device.platform)
                and model in (None, device.model)
                and app in (None, device.app)
                and event.happened_at.date() <= device.seen
            )
    return False


def _device(
    known_as: str, token: str | None, at: int, context: dict[str, Any], event: Event, before: Device | None
) -> Device:
    """The device as the event shows it; what the event does not say stays as it was `before`."""
    platform, model, app_name = shown(context, event)
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
    last = theirs if said_last(theirs) > said_last(mine) else mine
    return replace(
        mine,
        seen=max(mine.seen, theirs.seen),
        token=last.token,
        token_at=last.token_at,
        token_moved=last.token_moved,
    )
