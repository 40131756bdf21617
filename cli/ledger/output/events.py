"""What came in and what became of it, in events, by source and hour."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.table import Table

from cli.console import console
from cli.ledger.output.hours import by_hour, hour_text, short
from shared.ledger.balance import Balance

LEFT = ("received", "rejected", "requests_refused", "accepted", "put_by_others")
ENDS = ("folded", "duplicates", "refused", "put_aside", "done_before", "waiting", "given_up", "missing")

WORDS = {
    "requests_refused": "requests refused", "put_by_others": "put by others", "refused": "not trusted",
    "put_aside": "put aside", "done_before": "done before", "given_up": "given up",
}  # fmt: skip


def as_json(drawn: Balance) -> list[dict[str, Any]]:
    return [
        {"source": source, "hour": hour_text(hour), **asdict(counts)}
        for (source, hour), counts in sorted(drawn.counts.items(), key=by_hour)
    ]


def show(drawn: Balance) -> None:
    counts = drawn.counts
    shown = [
        name
        for name in (*LEFT, *ENDS)
        if name in ("received", "accepted", "folded") or any(getattr(one, name) for one in counts.values())
    ]
    table = Table(box=None, header_style="dim")
    table.add_column("hour (UTC)")
    table.add_column("source")
    for name in shown:
        table.add_column(WORDS.get(name, name), justify="right")
    for (source, hour), one in sorted(counts.items(), key=by_hour):
        cells = [f"{getattr(one, name):,}" if getattr(one, name) else "" for name in shown]
        if any(cells):  # a record that nobody can read has no events
            table.add_row(short(hour), source, *cells)
    if table.row_count:
        console.print(table)
