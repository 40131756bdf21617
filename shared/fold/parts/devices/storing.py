"""Devices as they are stored: their texts, then numbers of fixed width."""

from __future__ import annotations

from datetime import date, timedelta

from shared.fold import packing
from shared.fold.parts.devices.device import Device, Devices, Platform

STORED_PLATFORMS: tuple[Platform, ...] = ("ios", "android", "web", "other")
"""As they are stored, by their place here."""

MOVED, DAY = 128, date(1970, 1, 1)

NUMBERS = 3 + packing.MILLISECONDS
"""Bytes of a device's numbers: one of its platform, and whether its token moved; two of the day; the token's time."""


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
