"""Definitions that clients send: one event more in the tracking plan, or properties more of one that is there.

What a client adds is a new version of the workspace, like `headrace apply` makes it. It only ever adds: a property
that went or changed its type could take a campaign's condition with it, and the next events of whoever else sends.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal, NamedTuple

from shared.failures import Unavailable, VersionConflict
from shared.ports.workspaces import Workspaces
from shared.workspace.model import EventDefinition, Workspace

Word = Literal["defined", "exists", "unknown", "differs", "not_allowed"]

ATTEMPTS = 4
"""Of two who define at once, the second reads again what the first one made."""


class Definition(NamedTuple):
    """What became of it. `version` is the workspace's, which has it if the word is `defined`; `differing` are the
    properties that are there with another type."""

    word: Word
    version: int
    differing: tuple[str, ...] = ()


def define(
    workspaces: Workspaces,
    source: str,
    definition: EventDefinition,
    *,
    extend: bool,
    clock: Callable[[], datetime],
) -> Definition:
    """Add the definition or, to `extend`, its name, description and further properties to the one of its id.

    Raises Unavailable, also when others keep on changing the workspace.
    """
    for _ in range(ATTEMPTS):
        version = workspaces.latest_version()
        workspace = workspaces.load(version) if version else Workspace()
        known = workspace.source_by_id.get(source)
        if known is None or not known.may_define:
            return Definition("not_allowed", version)
        before = workspace.definition_by_id.get(definition.id)
        if before is None and extend:
            return Definition("unknown", version)
        if before is not None and not extend:
            return Definition("exists", version)
        if differing := _differing(before, definition):
            return Definition("differs", version, differing)
        after = _with(workspace, definition if before is None else _extended(before, definition))
        if after == workspace:
            return Definition("defined", version)
        try:
            made = workspaces.apply(after, after=version, at=clock(), by=f"source {source}")
        except VersionConflict:
            continue
        return Definition("defined", made.version)
    raise Unavailable("the workspace was changed by others, again and again")


def _differing(before: EventDefinition | None, definition: EventDefinition) -> tuple[str, ...]:
    known = before.properties if before is not None else {}
    return tuple(
        name
        for name, wanted in definition.properties.items()
        if name in known and known[name].type != wanted.type
    )


def _extended(before: EventDefinition, definition: EventDefinition) -> EventDefinition:
    """Properties that are there stay as they are, with whatever the plan's own files say of them."""
    return before.model_copy(
        update={
            "name": definition.name,
            "description": definition.description,
            "properties": {**definition.properties, **before.properties},
        }
    )


def _with(workspace: Workspace, definition: EventDefinition) -> Workspace:
    """A model made anew: a copy would keep what the old one found by id."""
    fields = {name: getattr(workspace, name) for name in Workspace.model_fields}
    events = {**workspace.definition_by_id, definition.id: definition}
    return Workspace(**{**fields, "events": tuple(events.values())})
