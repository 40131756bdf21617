"""The last line: whether it balances, and what is to be done if not."""

from __future__ import annotations

from datetime import UTC, datetime

from cli.ledger.output.messages import bounds
from cli.ledger.reading import Ledger
from shared.events import utc_text
from shared.ledger.lines import HOUR, hour_of
from shared.text.counting import number_of


def verdict(ledger: Ledger) -> str:
    span = f"{utc_text(ledger.since)[:16]} to {utc_text(ledger.until)[:16]} UTC"
    messages, lost = ledger.messages, ledger.lost
    if ledger.is_balanced:
        said = f"{span}: {number_of(ledger.balance.records, 'record')}, each accounted for"
        if messages.missing_at_most:
            return (
                f"[green]Balanced[/green] as far as can be said, {said}; of messages {bounds(messages)} are missing, "
                "until the queues are empty."
            )
        return f"[green]Balanced[/green], {said}."
    events = sum(one.events or 1 for one in lost)
    wrong = [f"{number_of(len(lost), 'record')} missing ({number_of(events, 'event')})"] if lost else []
    if ledger.lake and ledger.lake.short:
        wrong.append(f"{number_of(sum(ledger.lake.short.values()), 'row')} missing in the lake")
    if messages.missing_at_least == messages.missing_at_most > 0:
        wrong.append(f"{number_of(messages.missing_at_most, 'message')} neither sent, dropped nor waiting")
    elif messages.missing_at_most:
        wrong.append(f"of messages {bounds(messages)} neither sent, dropped nor waiting")
    differing = sum(one.difference != 0 for one in ledger.balance.counts.values())
    if differing:
        wrong.append(f"{number_of(differing, 'hour')} in which the two sides differ")
    return (
        f"[red]Not balanced[/red], {span}: {', '.join(wrong)}. See docs/operating/ledger.md.{_go_on(ledger)}"
    )


def _go_on(ledger: Ledger) -> str:
    """What was lost stays lost, though its events are sent again: those are other records."""
    if not ledger.lost:
        return ""
    last = max(one.put_at for one in ledger.lost)
    hour = datetime.fromtimestamp((hour_of(last) + 1) * HOUR, UTC)
    return (
        " This time stays unbalanced even when the events have been sent again: they are other records then. "
        f"To go on after it, from then on: --since {utc_text(hour)}"
    )
