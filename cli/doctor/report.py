"""The findings as a table for people, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.doctor.finding import State
from cli.doctor.running import Examined

SIGNS = {
    State.OK: ("✓", "green"),
    State.ATTENTION: ("!", "yellow"),
    State.BROKEN: ("✗", "red"),
    State.UNEXAMINED: ("-", "dim"),
}


def as_json(found: Sequence[Examined]) -> list[dict[str, str]]:
    return [
        {
            "probe": one.probe,
            "state": str(one.finding.state),
            "detail": one.finding.detail,
            "do": one.finding.do,
        }
        for one in found
    ]


def show(found: Sequence[Examined], console: Console) -> None:
    """A row for each; what to do stands under what was found. Colours are the console's matter."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for one in found:
        sign, colour = SIGNS[one.finding.state]
        words = Text(one.finding.detail)
        if one.finding.do:
            words.append(f"\n→ {one.finding.do}", style="bold")
        table.add_row(Text(sign, style=colour), Text(one.probe), words)
    console.print(table)
    console.print(summary(found))


def summary(found: Sequence[Examined]) -> str:
    count = {state: sum(one.finding.state is state for one in found) for state in State}
    unexamined = f", {count[State.UNEXAMINED]} not examined" if count[State.UNEXAMINED] else ""
    return (
        f"{count[State.OK]} fine, {count[State.ATTENTION]} to look at, {count[State.BROKEN]} broken{unexamined}. "
        "docs/doctor.md"
    )


def is_broken(found: Sequence[Examined]) -> bool:
    return any(one.finding.state is State.BROKEN for one in found)
