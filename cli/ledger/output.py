"""The ledger as people read it, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from rich.table import Table

from cli.console import console
from cli.ledger.of_messages import Triggered
from cli.ledger.reading import Ledger
from shared.events import utc_text
from shared.ledger.balance import Counts, Missing
from shared.ledger.lines import HOUR, Shop, hour_of
from shared.text.counting import number_of

MOST_SHOWN = 20
"""Records that are named on a terminal; `--json` has all."""

LEFT = ("received", "rejected", "requests_refused", "accepted", "put_by_others")
ENDS = ("folded", "duplicates", "refused", "put_aside", "done_before", "waiting", "given_up", "missing")

WORDS = {
    "requests_refused": "requests refused", "put_by_others": "put by others", "refused": "not trusted",
    "put_aside": "put aside", "done_before": "done before", "given_up": "given up",
}  # fmt: skip


def as_json(ledger: Ledger) -> dict[str, Any]:
    drawn = ledger.balance
    lake = ledger.lake
    lost = {one.place.number for one in ledger.lost}
    return {
        "since": utc_text(ledger.since),
        "until": utc_text(ledger.until),
        "balanced": ledger.is_balanced,
        "records": drawn.records,
        "records_waiting": drawn.waiting,
        "events": [_row(shop, counts) for shop, counts in sorted(drawn.counts.items(), key=_by_hour)],
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
        "lake": lake
        and {
            "records": lake.records,
            "compared": lake.compared,
            "rows": lake.rows,
            "waiting": lake.waiting,
            "lacking": [
                {"sequence_number": str(number), "rows": rows} for number, rows in sorted(lake.short.items())
            ],
        },
        "dead_letters": {"unreadable": ledger.queues.unreadable, "unread": ledger.queues.unread},
        "messages": [_campaign(shop, one) for shop, one in sorted(ledger.messages.items(), key=_by_hour)],
    }


def show(ledger: Ledger) -> None:
    drawn = ledger.balance
    _show_events(ledger)
    if ledger.messages:
        _show_messages(ledger)
    for count, what in (
        (ledger.queues.unreadable, "of `send` cannot be read: no request for a message, and stands for none"),
        (ledger.queues.unread, "of `send` not read: somebody else holds them, or they are too many"),
    ):
        if count:
            console.print(
                f"[yellow]{number_of(count, 'dead letter')} {what}. `headrace deadletters list` has them.[/yellow]",
                soft_wrap=True,
            )
    if drawn.waiting:
        console.print(
            f"{number_of(drawn.waiting, 'record')} not done yet: on the stream, or to be delivered again."
        )
    _show_lake(ledger)
    lost = ledger.lost
    if ledger.lines_lost:
        console.print(
            f"{number_of(ledger.lines_lost, 'record')} of which no line says what became of it, though the lake has "
            "its events: a log line is lost, not the events.",
            soft_wrap=True,
        )
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
    if drawn.lost_rejected:
        console.print(
            f"[yellow]{number_of(drawn.lost_rejected, 'rejected event')} came after the save that the emulator started "
            "from: see whether `headrace rejected list` still has them.[/yellow]",
            soft_wrap=True,
        )
    console.print(_verdict(ledger, lost), soft_wrap=True)


def _verdict(ledger: Ledger, lost: Sequence[Missing]) -> str:
    span = f"{utc_text(ledger.since)[:16]} to {utc_text(ledger.until)[:16]} UTC"
    if ledger.is_balanced:
        return f"[green]Balanced[/green], {span}: {number_of(ledger.balance.records, 'record')}, each accounted for."
    events = sum(one.events or 1 for one in lost)
    said = [f"{number_of(len(lost), 'record')} missing ({number_of(events, 'event')})"] if lost else []
    if ledger.lake and ledger.lake.short:
        said.append(f"{number_of(sum(ledger.lake.short.values()), 'row')} missing in the lake")
    if messages := sum(len(one.missing) for one in ledger.messages.values()):
        said.append(f"{number_of(messages, 'message')} neither sent, dropped nor waiting")
    differing = sum(one.difference != 0 for one in ledger.balance.counts.values())
    if differing:
        said.append(f"{number_of(differing, 'hour')} in which the two sides differ")
    return f"[red]Not balanced[/red], {span}: {', '.join(said)}. See docs/operating/ledger.md.{_go_on(lost)}"


def _go_on(lost: Sequence[Missing]) -> str:
    """What was lost stays lost, though its events are sent again: those are other records."""
    if not lost:
        return ""
    last = max(one.put_at for one in lost)
    hour = datetime.fromtimestamp((hour_of(last) + 1) * HOUR, UTC)
    return (
        " This time stays unbalanced even when the events have been sent again: they are other records then. "
        f"To go on after it, from then on: --since {utc_text(hour)}"
    )


def _show_events(ledger: Ledger) -> None:
    counts = ledger.balance.counts
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
    for shop, one in sorted(counts.items(), key=_by_hour):
        cells = [f"{getattr(one, name):,}" if getattr(one, name) else "" for name in shown]
        if any(cells):  # a record that nobody can read has no events
            table.add_row(_hour(shop[1])[:16].replace("T", " "), shop[0], *cells)
    if table.row_count:
        console.print(table)


def _show_messages(ledger: Ledger) -> None:
    table = Table(box=None, header_style="dim")
    for heading in ("hour (UTC)", "campaign"):
        table.add_column(heading)
    for heading in ("triggered", "sent", "dropped", "waiting", "missing"):
        table.add_column(heading, justify="right")
    table.add_column("why dropped")
    for shop, one in sorted(ledger.messages.items(), key=_by_hour):
        numbers = (one.triggered, one.sent, one.dropped.total(), one.waiting, len(one.missing))
        why = ", ".join(f"{count:,} {reason}" for reason, count in one.dropped.most_common())
        table.add_row(
            _hour(shop[1])[:16].replace("T", " "),
            shop[0],
            *(f"{one:,}" if one else "" for one in numbers),
            why,
        )
    console.print(table)
    for one in ledger.messages.values():
        for message in one.missing[:MOST_SHOWN]:
            console.print(f"[red]missing[/red] message {message}", highlight=False)


def _show_lake(ledger: Ledger) -> None:
    lake = ledger.lake
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


def _row(shop: Shop, counts: Counts) -> dict[str, Any]:
    return {"source": shop[0], "hour": _hour(shop[1]), **asdict(counts)}


def _campaign(shop: Shop, one: Triggered) -> dict[str, Any]:
    return {
        "campaign": shop[0],
        "hour": _hour(shop[1]),
        "triggered": one.triggered,
        "sent": one.sent,
        "waiting": one.waiting,
        "dropped": {str(reason): count for reason, count in one.dropped.items()},
        "missing": one.missing,
    }


def _by_hour(one: tuple[Shop, object]) -> tuple[int, str]:
    return one[0][1], one[0][0]


def _hour(hour: int) -> str:
    return utc_text(datetime.fromtimestamp(hour * HOUR, UTC))
