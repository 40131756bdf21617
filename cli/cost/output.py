"""A bill as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cli.cost.advice import Advice
from cli.cost.bill import Bill
from cli.cost.lines import Line
from cli.cost.measurements import Measured
from cli.cost.prices import AS_OF, PRICES, REGION
from cli.cost.traffic import EVENTS_IN_SESSION
from cli.cost.usage import AWS_CALL_MS, RECEIVED_AND_DELETED
from cli.settings_in_force import as_text

SHOWN = 0.005
"""Dollars a month from which on a line is shown; the sums have every one."""

NOT_IN_IT = (
    "Not in it: messages (SES, SNS), Athena's queries, free tiers, discounts, taxes, data sent out of AWS, and people "
    "at rest: a million profiles are about 3 GB, $0.75 a month, and $0.60 more with point-in-time recovery."
)


def as_json(
    stage: str, now: Bill, found: list[Advice], warned: list[str], measured: Measured
) -> dict[str, Any]:
    return {
        "stage": stage,
        "load": {
            "rate": now.load.rate,
            "per_request": now.load.per_request,
            "people": now.load.people,
            "event_bytes": measured.event_bytes,
            "events_a_month": round(now.events),
            "people_active": now.load.active,
        },
        "per_million_usd": round(now.per_million_usd, 4),
        "idle_month_usd": round(now.idle_month_usd, 2),
        "month_usd": round(now.month_usd, 2),
        "lines": [_line(now, line) for line in now.lines],
        "advice": [_advice(now, one) for one in found],
        "warnings": warned,
        "prices": {
            "as_of": AS_OF,
            "region": REGION,
            "unconfirmed": sorted({line.price for line in now.lines if not PRICES[line.price].confirmed}),
        },
        "notes": notes(now, measured),
    }


def as_lines(
    stage: str, now: Bill, found: list[Advice], warned: list[str], measured: Measured
) -> Iterator[str]:
    load = now.load
    whose = "one person" if load.people == "one" else "anybody"
    yield (
        f"{stage}: {load.rate:,g} events of {measured.event_bytes} bytes a second, {load.per_request} of {whose} in a "
        f"request, {now.events / 1e6:,.1f} million a month"
    )
    yield ""
    yield f"{'':46}{'per million':>14}{'a month':>14}{'of it idle':>14}"
    for service, lines in _by_service(now).items():
        yield _row(now, service, lines)
        for line in lines:
            if line.month_usd < SHOWN:
                continue
            if len(lines) > 1:
                yield _row(now, f"  {line.what}{_mark(line)}", [line])
            elif _mark(line):
                yield f"  {line.what}{_mark(line)}"
    yield _row(now, "sum", now.lines)
    yield ""
    for sentence in warned:
        yield f"! {sentence}"
    for one in found:
        yield _advised(now, one)
    for table, capacity in found[-1].changes.get("table_capacity", {}).items() if found else ():
        yield f"  table_capacity of {table}: {', '.join(f'{name}: {units}' for name, units in capacity.items())}"
    yield from ["", *notes(now, measured)] if found or warned else notes(now, measured)


def notes(now: Bill, measured: Measured) -> list[str]:
    sizes = f"{measured.visits[0].events:.0f} to {measured.visits[-1].events:.0f}"
    beyond = now.load.per_request > measured.visits[-1].events
    return [
        f"Prices: {REGION}, {AS_OF}; those marked † are not confirmed.",
        f"Measured on the real handlers: visits of {sizes} events of one person, what they write, read, log and send"
        + (f"; {now.load.per_request} in a request is beyond that, and extrapolated." if beyond else "."),
        f"Simulated: requests at random moments, {now.load.active:,} people active, each as likely as any other, and "
        "the batches that the settings make of them.",
        f"Assumed: a session of {EVENTS_IN_SESSION} events. Where there is a ~: {AWS_CALL_MS} ms for a call to AWS, "
        f"{1 + RECEIVED_AND_DELETED:g} requests to SQS for a message, the lines of the gateway's log, what sweep "
        "and watch do, an object of the lake each time that its buffer is due.",
        NOT_IN_IT,
    ]


def _by_service(now: Bill) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in now.lines:
        found.setdefault(line.service, []).append(line)
    return found


def _row(now: Bill, name: str, lines: list[Line]) -> str:
    month, idle = sum(line.month_usd for line in lines), sum(line.idle_usd for line in lines)
    shown = f"{name:46}{_usd(now.per_million(month), 3):>14}{_usd(month):>14}{_usd(idle) if idle else '':>14}"
    return shown.rstrip()


def _mark(line: Line) -> str:
    return ("" if PRICES[line.price].confirmed else " †") + (" ~" if line.basis == "assumed" else "")


def _usd(value: float, digits: int = 2) -> str:
    return f"${value:,.{digits}f}"


def _advised(now: Bill, one: Advice) -> str:
    return (
        f"{_changes(one.changes)} saves {one.saved_percent:.0f} %, {_usd(one.saved_usd)} a month "
        f"({_usd(now.per_million(one.month_usd), 3)} per million): {one.means}."
    )


def _changes(changes: Mapping[str, Any]) -> str:
    """A capacity of several tables is shown by itself, and is short here what `--set` takes for it."""
    return ", ".join(
        "tables: provisioned" if name == "table_capacity" else f"{name}: {as_text(value)}"
        for name, value in changes.items()
    )


def _advice(now: Bill, one: Advice) -> dict[str, Any]:
    return {
        "changes": dict(one.changes),
        "month_usd": round(one.month_usd, 2),
        "per_million_usd": round(now.per_million(one.month_usd), 4),
        "saved_usd": round(one.saved_usd, 2),
        "saved_percent": round(one.saved_percent, 1),
        "sentence": _advised(now, one),
    }


def _line(now: Bill, line: Line) -> dict[str, Any]:
    price = PRICES[line.price]
    return {
        "service": line.service,
        "what": line.what,
        "per_million_usd": round(now.per_million(line.month_usd), 4),
        "month_usd": round(line.month_usd, 2),
        "idle_month_usd": round(line.idle_usd, 2),
        "quantity": round(line.quantity, 3),
        "unit": price.unit,
        "price_usd": price.usd,
        "price_per": price.per,
        "confirmed": price.confirmed,
        "basis": line.basis,
    }
