"""A person, for reading on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cli.console import visible

UNKNOWN = "A person appears a moment after their first event; headrace rejected list shows rejected events."


def card(person: dict[str, Any]) -> Panel:
    """A person as `presented`, for reading on a terminal."""
    sections: list[RenderableType] = [_facts(person)]
    if person["traits"]:
        sections.append(
            _table(("trait", "value"), [(name, _text(v)) for name, v in person["traits"].items()])
        )
    if person["counters"]:
        counted = sorted(person["counters"].items(), key=lambda item: str(item[1]["last"]), reverse=True)
        rows = [
            (name, str(counter["count"]), _short(counter["first"]), _short(counter["last"]))
            for name, counter in counted
        ]
        sections.append(_table(("event", "count", "first", "last"), rows))
    if person["devices"]:
        rows = [
            (device["id"], device["platform"], _reachable(device), device["seen"])
            for device in person["devices"]
        ]
        sections.append(_table(("device", "platform", "push", "seen"), rows))
    return Panel(Group(*sections), title=Text(person["key"], style="bold"), title_align="left", expand=False)


def _reachable(device: dict[str, Any]) -> str:
    if device["token_moved"]:
        return "moved to somebody else"
    return "yes" if device["token"] else "no"


def _facts(person: dict[str, Any]) -> Table:
    """Each part of the profile in its own words, and the person's times."""
    said = {name.replace("_", " "): text for name, text in person["explained"].items()}
    times = {"created": _short(person["created_at"]), "wakes": _short(person["due_at"])}
    merged = {"merged from": ", ".join(person["absorbed"])}
    grid = Table.grid(padding=(0, 2))
    for name, text in {**said, **merged, **times}.items():
        if text:
            grid.add_row(Text(name, style="dim"), Text(visible(text)))
    return grid


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Padding:
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for name in header:
        table.add_column(name, justify="right" if name == "count" else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    return Padding(table, (1, 0, 0, 0))


def _text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _short(time: str | None) -> str:
    """`2026-11-21 18:10:00`, in UTC like everything."""
    return time[:19].replace("T", " ") if time else ""
