"""The ledger as people read it, and as JSON: a module for each subject, and `verdict` for all of them."""

from __future__ import annotations

from typing import Any

from cli.console import console
from cli.ledger.output import events, lake, messages, records
from cli.ledger.output.verdict import verdict
from cli.ledger.reading import Ledger
from shared.events import utc_text


def as_json(ledger: Ledger) -> dict[str, Any]:
    return {
        "since": utc_text(ledger.since),
        "until": utc_text(ledger.until),
        "balanced": ledger.is_balanced,
        **records.as_json(ledger),
        "events": events.as_json(ledger.balance),
        "lake": lake.as_json(ledger.lake),
        **messages.as_json(ledger.messages),
    }


def show(ledger: Ledger) -> None:
    events.show(ledger.balance)
    messages.show(ledger.messages)
    records.show_waiting(ledger)
    lake.show(ledger.lake)
    records.show_missing(ledger)
    console.print(verdict(ledger), soft_wrap=True)
