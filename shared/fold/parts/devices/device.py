"""A device: what is kept of it, and how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

KEPT, TEXT_BYTES = 20, 2_880
"""Devices, and bytes that their texts take as JSON."""

LONGEST_TOKEN, LONGEST_TEXT = 512, 100
"""Bytes as JSON; APNs tokens have 64 to 200, FCM's about 160."""

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
