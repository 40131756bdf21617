"""The difference between two workspaces, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

from shared.workspace import Campaign, EventDefinition, Source, Template, Workspace

LONGEST = 60
"""Characters of a value that are shown."""

What = Literal["added", "changed", "removed"]


class Change(NamedTuple):
    """`details` say for a change which field had which value before and has which now."""

    kind: str
    id: str
    what: What
    details: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {**self._asdict(), "details": list(self.details)}


def changes(before: Workspace, after: Workspace) -> list[Change]:
    """By kind of document, in the order of the new workspace; what was removed comes last."""
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
            yield Change(kind, key, "changed", tuple(_details(old[key].model_dump(), item.model_dump())))
    for key in old:
        if key not in new:
            yield Change(kind, key, "removed")


def _setting_changes(before: Workspace, after: Workspace) -> Iterator[Change]:
    old = {"name": before.name, "settings": before.settings.model_dump()}
    new = {"name": after.name, "settings": after.settings.model_dump()}
    if old != new:
        yield Change("workspace", after.name, "changed", tuple(_details(old, new)))


def _details(before: dict[str, Any], after: dict[str, Any], under: str = "") -> Iterator[str]:
    for key in [*after, *(key for key in before if key not in after)]:
        old, new, path = before.get(key), after.get(key), f"{under}{key}"
        if old == new:
            continue
        if key == "key_hashes":
            yield "what it accepts as its key is something else"
        elif isinstance(old, dict) and isinstance(new, dict):
            yield from _details(old, new, f"{path}.")
        elif old is None:
            yield f"{path}: {_shown(new)}"
        elif new is None:
            yield f"{path}: no longer {_shown(old)}"
        else:
            yield f"{path}: {_shown(old)} → {_shown(new)}"


def _shown(value: object) -> str:
    if isinstance(value, dict) and isinstance(value.get("type"), str):
        return str(value["type"])  # a property's definition: its type says enough
    if isinstance(value, tuple):
        value = list(value)
    text = value if isinstance(value, str) else repr(value)
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= LONGEST else f"{one_line[:LONGEST]}…"
