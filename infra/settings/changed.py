"""The settings of a stage that are not its defaults: what a stack says of itself, so that the next deployment knows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson

from infra.settings.file import ADAPTER, CHECKOUT
from infra.settings.model import Settings
from infra.settings.stages import TARGETS

MOST_BYTES = 4_000
"""Bytes of the output. CloudFormation documents no limit for it; for other values it is 4,096:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""

UNSAID = "…"
"""Instead of somebody's address: whoever may describe the stack, such as a pipeline, reads its outputs. That one was
set is enough to miss it."""


def as_written(settings: Settings) -> dict[str, Any]:
    """As they would stand in a file; a path in the checkout relative to it."""
    values: dict[str, Any] = ADAPTER.dump_python(settings, mode="json")
    if settings.routes and settings.routes.is_relative_to(CHECKOUT):
        values["routes"] = str(settings.routes.relative_to(CHECKOUT))
    return values


def changed(settings: Settings) -> dict[str, Any]:
    """By name, with their values."""
    values, defaults = as_written(settings), as_written(TARGETS[settings.stage])
    return {name: values[name] for name in asdict(settings) if values[name] != defaults[name]}


def remembered(settings: Settings) -> str:
    """The same as JSON; the names alone where that would be too long. Of routes the file's name: where it lies on one
    machine means nothing on another. Of people's addresses only that they were set."""
    found = {
        name: UNSAID if isinstance(value, str) and "@" in value else value
        for name, value in changed(settings).items()
    }
    if found.get("routes") and settings.routes:
        found["routes"] = settings.routes.name
    text = orjson.dumps(found)
    return (text if len(text) <= MOST_BYTES else orjson.dumps([*found])).decode()
