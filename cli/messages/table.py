"""The list of messages as a table that fits its terminal: folded between words, never inside one, nor inside a time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.table import Table
from rich.text import Text

from cli.console import visible

SHORT_ID = 8
"""Characters of an id in the list: enough for `show`."""

WIDE = 140
"""Characters of a line from which all columns are shown. Below it `show` has the event and the address."""

GAP = 2
"""Characters between two columns."""

REASON = 14
"""Characters of a line of the reason, where it stands below the status."""

LEAST = 6
"""Characters of a column, however narrow the terminal is."""

COLUMNS = ("id", "requested at", "person", "campaign", "event", "channel", "status", "reason", "to")
FEWER = ("id", "at", "person", "campaign", "channel", "status")
FOLDED = ("person", "campaign", "event", "to")

PIECE = re.compile(r"(?:[^\s\-_.,:;/@&?=+]|[.:](?=\d))*[\s\-_.,:;/@&?=+]?")
"""A word with the mark or space after it. An IP address and its port are one."""

COLOURS = {
    "sent": "green",
    "delivered": "green",
    "failed": "red",
    "uncertain": "yellow",
    "skipped": "yellow",
    "expired": "yellow",
    "waiting": "cyan",
}


def table_of(found: list[dict[str, Any]], *, width: int, now: datetime) -> Table:
    """`width` in characters. Times are UTC; where there is little room, those of today are without their date."""
    columns = COLUMNS if width >= WIDE else FEWER
    rows = [_cells(message, now, columns) for message in found]
    widest = {name: max(cell_len(name), *(_widest(row[name]) for row in rows)) for name in columns}
    left = width - sum(widest[name] for name in columns if name not in FOLDED) - GAP * (len(columns) - 1)
    room = widest | shared_out({name: widest[name] for name in columns if name in FOLDED}, left)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in columns:
        table.add_column(name, no_wrap=True)
    for message, row in zip(found, rows, strict=True):
        styles = {"id": "cyan", "status": COLOURS.get(message["status"], "")}
        folded = {name: fold(row[name], room[name]) if name in FOLDED else row[name] for name in columns}
        table.add_row(*(Text(folded[name], style=styles.get(name, "")) for name in columns))
    return table


def shared_out(wanted: Mapping[str, int], room: int) -> dict[str, int]:
    """So many characters for each column: who wants little gets it, the others the same of what is left."""
    given = {}
    for position, (name, width) in enumerate(sorted(wanted.items(), key=lambda one: one[1])):
        given[name] = max(LEAST, min(width, room // (len(wanted) - position)))
        room -= given[name]
    return given


def fold(text: str, room: int) -> str:
    """Lines of at most so many characters, broken after spaces and marks; of a longer word the beginning and `…`."""
    lines = [""]
    for piece in PIECE.findall(text):
        if cell_len((lines[-1] + piece).rstrip()) > room and lines[-1]:
            lines.append("")
        is_cut = cell_len(piece.rstrip()) > room
        lines[-1] += set_cell_size(piece, room - 1) + "…" if is_cut else piece
    return "\n".join(line.rstrip() for line in lines)


def _cells(message: Mapping[str, Any], now: datetime, columns: tuple[str, ...]) -> dict[str, str]:
    at = datetime.fromisoformat(message["requested_at"]).astimezone(UTC)
    is_today = at.date() == now.astimezone(UTC).date()
    status, reason = message["status"], message["reason"] or ""
    cells = {
        "id": message["id"][:SHORT_ID],
        "requested at": f"{at:%Y-%m-%d %H:%M:%S}",
        "at": f"{at:%H:%M:%S}" if is_today else f"{at:%m-%d %H:%M}",
        "person": visible(message["person"]),
        "campaign": message["campaign"],
        "event": visible(message["event"]),
        "channel": message["channel"],
        "status": status if "reason" in columns or not reason else f"{status}\n{fold(reason, REASON)}",
        "reason": reason,
        "to": visible(message["to"] or ""),
    }
    return {name: cells[name] for name in columns}


def _widest(text: str) -> int:
    return max(map(cell_len, text.split("\n")))
