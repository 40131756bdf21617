"""The difference between two workspaces, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

from shared.authoring.value_changes import said_of
from shared.workspace.model import Campaign, EventDefinition, Source, Template, Workspace

What = Literal["added", "changed", "removed"]


class Change(NamedTuple):
    """One change. `details` has a line for each field, with its value before and now."""

    kind: str
    id: str
    what: What
    details: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {**self._asdict(), "details": list(self.details)}


def changes(before: Workspace, after: Workspace) -> list[Change]:
    """The changes by kind of document, in the order of the new workspace. Removed documents come last."""
    return [
        *_setting_changes(before, after),
        *_item_changes("source", before.sources, after.sources),
        *_item_changes("event", before.events, after.events),
        *_item_changes("campaign", before.campaigns, after.campaigns),
        *_item_changes("template", before.templates, after.templates),
    ]


Item = Source | EventDefinition | Campaign | Template


def _item_changes(kind: str, before: Sequence[Item], after: Sequence[Item]) -> Iterator[Change]:
    old = {item.id: item for item in before}
    new = {item.id: item for item in after}
    for key, item in new.items():
        if key not in old:
            yield Change(kind, key, "added")
        elif item != old[key]:
            yield Change(kind, key, "changed", tuple(said_of("", old[key].model_dump(), item.model_dump())))
    for key in old:
        if key not in new:
            yield Change(kind, key, "removed")


def _setting_changes(before: Workspace, after: Workspace) -> Iterator[Change]:
    old = {"name": before.name, "settings": before.settings.model_dump()}
    new = {"name": after.name, "settings": after.settings.model_dump()}
    if old != new:
        yield Change("workspace", after.name, "changed", tuple(said_of("", old, new)))
