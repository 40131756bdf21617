"""What an event says of a device, in `context.device` and beside it."""

from __future__ import annotations

from typing import Any

import orjson

from shared.events import Event
from shared.fold.parts.devices.device import LONGEST_TEXT, LONGEST_TOKEN, PLATFORMS, Platform


def token_said(event: Event) -> str | None:
    """The token that the event registers."""
    context = event.context.get("device")
    if not isinstance(context, dict) or "token" not in context or event.type == "system" or ends(context):
        return None
    return text_of(context.get("token"), LONGEST_TOKEN)


def ends(context: dict[str, Any]) -> bool:
    return context.get("removed") is True or context.get("registered") is False


def shown(context: dict[str, Any], event: Event) -> tuple[Platform | None, str | None, str | None]:
    """The platform, the model and the app's name, as far as the event says them."""
    app = event.context.get("app")
    return (
        _platform(context, event.context.get("os")),
        text_of(context.get("model"), LONGEST_TEXT),
        text_of(app.get("name"), LONGEST_TEXT) if isinstance(app, dict) else None,
    )


def text_of(value: object, longest: int) -> str | None:
    """The value, if it is a text of so many bytes of JSON at most, and not an empty one."""
    if not isinstance(value, str) or not value:
        return None
    if value.isascii() and value.isprintable() and 2 * len(value) <= longest:
        return value  # as nearly all are: of these characters none takes more than two bytes
    return value if len(orjson.dumps(value)) - 2 <= longest else None


def _platform(device: dict[str, Any], os: object) -> Platform | None:
    return _named(device.get("type")) or (_named(os.get("name")) if isinstance(os, dict) else None)


def _named(word: object) -> Platform | None:
    return PLATFORMS.get(word.lower()) if isinstance(word, str) else None
