"""What became of the messages that campaigns requested, by campaign and hour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table

from cli.console import console
from cli.ledger.of_messages import Outcomes, Triggered
from cli.ledger.output.hours import MOST_SHOWN, by_hour, hour_text, short
from shared.ledger.lines import Shop
from shared.text.counting import number_of

COLUMNS = ("triggered", "sent", "dropped", "waiting", "waiting or missing", "missing", "not looked up")
SELDOM = ("waiting or missing", "not looked up")
"""Columns that are shown only where they have something."""


def as_json(found: Outcomes) -> dict[str, Any]:
    return {
        "dead_letters": {"unreadable": found.queues.unreadable, "unread": found.queues.unread},
        "messages": [
            _campaign(shop, one, found.room) for shop, one in sorted(found.campaigns.items(), key=by_hour)
        ],
        "messages_missing": {
            "at_least": found.missing_at_least,
            "at_most": found.missing_at_most,
            "that_may_be_in_queues": found.room,
        },
    }


def show(found: Outcomes) -> None:
    if found.campaigns:
        _show_campaigns(found.campaigns)
    for count, what in (
        (found.queues.unreadable, "of `send` cannot be read: no request for a message, and stands for none"),
        (found.queues.unread, "of `send` not read: somebody else holds them, or they are too many"),
    ):
        if count:
            console.print(
                f"[yellow]{number_of(count, 'dead letter')} {what}. `headrace deadletters list` has them.[/yellow]",
                soft_wrap=True,
            )
    if unclear := sum(len(one.unclear) for one in found.campaigns.values()):
        console.print(
            f"[yellow]{number_of(unclear, 'message')} not in the message log, and the queues of `send` have room for "
            f"{found.room:,} of them: {bounds(found)} missing. Which, can be said when the queues are empty.[/yellow]",
            soft_wrap=True,
        )
    if old := sum(one.not_looked_up for one in found.campaigns.values()):
        console.print(
            f"[yellow]{number_of(old, 'message')} not looked up, the others came later. A shorter time has fewer: "
            "--since, --until.[/yellow]",
            soft_wrap=True,
        )


def bounds(found: Outcomes) -> str:
    least, most = found.missing_at_least, found.missing_at_most
    return f"{most:,}" if least == most else f"at least {least:,}, at most {most:,}"


def _show_campaigns(campaigns: Mapping[Shop, Triggered]) -> None:
    rows = {shop: _numbers(one) for shop, one in sorted(campaigns.items(), key=by_hour)}
    shown = [name for name in COLUMNS if name not in SELDOM or any(row[name] for row in rows.values())]
    table = Table(box=None, header_style="dim")
    for heading in ("hour (UTC)", "campaign"):
        table.add_column(heading)
    for heading in shown:
        table.add_column(heading, justify="right")
    table.add_column("why dropped")
    for shop, row in rows.items():
        why = ", ".join(f"{count:,} {reason}" for reason, count in campaigns[shop].dropped.most_common())
        cells = (f"{row[name]:,}" if row[name] else "" for name in shown)
        table.add_row(short(shop[1]), shop[0], *cells, why)
    console.print(table)
    for one in campaigns.values():
        for message in one.missing[:MOST_SHOWN]:
            console.print(f"[red]missing[/red] message {message}", highlight=False)


def _numbers(one: Triggered) -> dict[str, int]:
    counts = (
        one.triggered, one.sent, one.dropped.total(), one.waiting, len(one.unclear), len(one.missing),
        one.not_looked_up,
    )  # fmt: skip
    return dict(zip(COLUMNS, counts, strict=True))


def _campaign(shop: Shop, one: Triggered, room: int) -> dict[str, Any]:
    return {
        "campaign": shop[0],
        "hour": hour_text(shop[1]),
        "triggered": one.triggered,
        "sent": one.sent,
        "waiting": one.waiting,
        "dropped": {str(reason): count for reason, count in one.dropped.items()},
        "missing": one.missing,
        "missing_at_least": max(0, len(one.missing) + len(one.unclear) - room),
        "missing_at_most": len(one.missing) + len(one.unclear),
        "waiting_or_missing": one.unclear,
        "not_looked_up": one.not_looked_up,
    }
