"""Records of the stream: those that wait, and those that are missing."""

from __future__ import annotations

from typing import Any

from cli.console import console
from cli.ledger.output.hours import MOST_SHOWN
from cli.ledger.reading import Ledger
from shared.events import utc_text
from shared.text.counting import number_of


def as_json(ledger: Ledger) -> dict[str, Any]:
    drawn = ledger.balance
    lost = {one.place.number for one in ledger.lost}
    return {
        "records": drawn.records,
        "records_waiting": drawn.waiting,
        "missing": [
            {
                "shard": one.place.shard_id,
                "sequence_number": str(one.place.number),
                "source": one.source,
                "events": one.events,
                "put_at": utc_text(one.put_at),
                "why": one.why.value if one.place.number in lost else "line_lost",
                "in_the_lake": ledger.is_in_the_lake(one),
            }
            for one in drawn.missing
        ],
        "rejected_that_may_be_lost": drawn.lost_rejected,
    }


def show_waiting(ledger: Ledger) -> None:
    if ledger.balance.waiting:
        console.print(
            f"{number_of(ledger.balance.waiting, 'record')} not done yet: on the stream, or to be delivered again."
        )


def show_missing(ledger: Ledger) -> None:
    if ledger.lines_lost:
        console.print(
            f"{number_of(ledger.lines_lost, 'record')} of which no line says what became of it, though the lake has "
            "its events: a log line is lost, not the events.",
            soft_wrap=True,
        )
    lost = ledger.lost
    for one in lost[:MOST_SHOWN]:
        events = "events unknown" if one.events is None else number_of(one.events, "event")
        console.print(
            f"[red]missing[/red] {one.place.shard_id} {one.place.number}  {one.source}, {events}, "
            f"put {utc_text(one.put_at)}: {one.why.replace('_', ' ')}"
            + (", but in the lake" if ledger.is_in_the_lake(one) else ""),
            soft_wrap=True,
            highlight=False,
        )
    if len(lost) > MOST_SHOWN:
        console.print(f"… and {len(lost) - MOST_SHOWN:,} more: --json names all.")
    if rejected := ledger.balance.lost_rejected:
        console.print(
            f"[yellow]{number_of(rejected, 'rejected event')} came after the save that the emulator started "
            "from: see whether `headrace rejected list` still has them.[/yellow]",
            soft_wrap=True,
        )
