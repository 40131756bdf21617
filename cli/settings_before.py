"""Compare the settings that a stack was last deployed with, from its output, with those in force now.

Which file is in force depends on the shell (HEADRACE_SETTINGS) and on the checkout: a forgotten one must not put a
stack back to the defaults in silence.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import orjson

from cli.console import console
from cli.settings_in_force import as_text
from shared.authoring.user_settings import NAME, VARIABLE
from shared.aws.stack.stack_outputs import StackDescription

OUTPUT = "ChangedSettings"

UNKNOWN = "…"
"""A value that the output does not say: a person's address, or one that it had no room for."""


class Change(NamedTuple):
    """Of one setting. `is_dropped`: it was set before, and the file that is in force now says nothing of it."""

    name: str
    before: Any
    now: Any
    is_dropped: bool

    def __str__(self) -> str:
        return f"{self.name}: {as_text(self.before)} → {as_text(self.now)}"


def deployed_value(stack: StackDescription, found: dict[str, Any], name: str) -> Any:
    """What the setting was at the last deployment; what it is now where the stack does not say."""
    said_before = orjson.loads(stack.outputs.get(OUTPUT, "[]"))
    return (
        said_before.get(name, found["settings"][name]["default"])
        if isinstance(said_before, dict)
        else found["settings"][name]["value"]
    )


def changes(stack: StackDescription | None, found: dict[str, Any]) -> list[Change]:
    """What the next deployment changes; `found` are the settings in force. Empty where the stack does not say with what
    it was deployed."""
    output = stack.outputs.get(OUTPUT) if stack else None
    if output is None:
        return []
    said_before = orjson.loads(output)
    before = said_before if isinstance(said_before, dict) else dict.fromkeys(said_before, UNKNOWN)
    made = [
        Change(
            name,
            before.get(name, one["default"]),
            _as_remembered(name, one),
            is_dropped=name in before and one["line"] is None,
        )
        for name, one in found["settings"].items()
    ]
    return [one for one in made if one.before != one.now and (one.is_dropped or one.before != UNKNOWN)]


def say(found: dict[str, Any]) -> None:
    """Which settings are in force, and what is unwise in them."""
    console.print(in_a_line(found), markup=False, soft_wrap=True)
    for warning in found["warnings"]:
        console.print(warning, style="yellow", markup=False, soft_wrap=True)


def in_a_line(found: dict[str, Any]) -> str:
    """Which file is in force, and how much it changes."""
    differing = sum(one["value"] != one["default"] for one in found["settings"].values())
    if found["file"] is None:
        return f"Settings: the defaults (no {NAME} in the checkout, and no file named by {VARIABLE})"
    differ = f"{differing} differ" if differing != 1 else "1 differs"
    return f"Settings: {found['file']} ({differ} from the defaults of {found['stage']})"


def _as_remembered(name: str, one: dict[str, Any]) -> Any:
    """Of a routes file its name, as `infra/settings/changed.py` says it."""
    value = one["value"]
    return Path(value).name if name == "routes" and value and value != one["default"] else value
