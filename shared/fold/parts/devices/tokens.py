"""Whose a push token is: what a person has of it, loses, and gets back.

The end of push on a device counts by when it was said, as its beginning does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from shared.events import Event
from shared.fold.parts.devices.device import LONGEST_TEXT, LONGEST_TOKEN, Device, Devices
from shared.fold.parts.devices.said import text_of
from shared.times import milliseconds

PUSH_TOKEN_INVALID = "Push Token Invalid"  # noqa: S105
"""The system event by which `send` reports that a provider refused a token for good."""


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


def ended(state: Devices, context: dict[str, Any], event: Event) -> Devices:
    """Push ended on the device that has this id or token, unless it was registered after that."""
    token = text_of(context.get("token"), LONGEST_TOKEN)
    known_as = text_of(context.get("id"), LONGEST_TEXT) or token
    at = milliseconds(event.happened_at)
    kept: list[Device] = []
    for device in state.known:
        is_meant = device.id == known_as or (token is not None and device.token == token)
        if not is_meant or device.token_at > at:
            kept.append(device)
        elif context.get("removed") is not True:
            kept.append(replace(device, token=None, token_at=at, token_moved=False))
    return Devices(tuple(kept))


def without_token(state: Devices, event: Event) -> Devices:
    invalid, at = event.properties.get("token"), milliseconds(event.happened_at)
    return Devices(
        tuple(
            replace(device, token=None, token_at=max(at, device.token_at), token_moved=False)
            if invalid is not None and device.token == invalid
            else device
            for device in state.known
        )
    )


def said_last(device: Device) -> tuple[int, bool]:
    """Of two devices with one token, the one of whoever it belongs to comes last."""
    return device.token_at, not device.token_moved
