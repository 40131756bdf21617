"""What the lake has of the records."""

from __future__ import annotations

from typing import Any

from cli.console import console
from cli.ledger.in_the_lake import Reconciled
from cli.ledger.output.hours import MOST_SHOWN
from shared.text.counting import number_of


def as_json(lake: Reconciled | None) -> dict[str, Any] | None:
    """None where it was not asked."""
    if lake is None:
        return None
    return {
        "records": lake.records,
        "compared": lake.compared,
        "rows": lake.rows,
        "waiting": lake.waiting,
        "lacking": [
            {"sequence_number": str(number), "rows": rows} for number, rows in sorted(lake.short.items())
        ],
    }


def show(lake: Reconciled | None) -> None:
    if lake is None or not lake.records:
        return
    part = "" if lake.compared == lake.records else f", a sample of {lake.records:,}"
    console.print(
        f"Lake: {number_of(lake.compared, 'record')} compared{part}, {number_of(lake.rows, 'row')} expected, "
        f"{sum(lake.short.values()):,} missing"
        + (f", {lake.waiting:,} on their way." if lake.waiting else ".")
    )
    for number, rows in [*lake.short.items()][:MOST_SHOWN]:
        console.print(f"[red]missing in the lake[/red] {number_of(rows, 'row')} of {number}", highlight=False)
