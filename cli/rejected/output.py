"""Rejected events, and what became of them, as people read it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import orjson
from rich.text import Text

from cli.console import console
from cli.rejected.replaying import BEFORE, BROUGHT_IN, DROPPED, DROPPED_BEFORE, STILL_INVALID, gone_sources
from shared.plan.reasons import Code
from shared.rejected import RejectedEvent, RejectedReason

WORDS = {
    BROUGHT_IN: ("[green]✓[/green]", "replayed"),
    STILL_INVALID: ("[yellow]✗[/yellow]", "still not valid"),
    BEFORE: ("[dim]·[/dim]", "replayed before"),
    DROPPED: ("[green]✓[/green]", "dropped"),
    DROPPED_BEFORE: ("[dim]·[/dim]", "dropped before"),
}


OF_NAMES = frozenset({Code.UNKNOWN_EVENT.value, Code.UNKNOWN_PROPERTY.value})
"""Reasons that a misspelt name has."""


def report(outcomes: list[dict[str, Any]], nothing: str = "Nothing to replay.") -> None:
    for outcome in outcomes:
        sign, words = WORDS.get(outcome["outcome"], ("[red]✗[/red]", outcome["outcome"].replace("_", " ")))
        console.print(f"{sign} {outcome['id']}  {words}", soft_wrap=True)
        for reason in outcome.get("reasons", ()):
            console.print(f"    {reason['code']}  {reason['message']}", markup=False, soft_wrap=True)
        if "error" in outcome:
            console.print(f"    {outcome['error']}", markup=False, soft_wrap=True)
    counts = Counter(outcome["outcome"] for outcome in outcomes)
    summary = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
    console.print(summary or nothing)
    _say_what_to_do_about_names(outcomes)


def _say_what_to_do_about_names(outcomes: list[dict[str, Any]]) -> None:
    """A misspelt name cannot be corrected: an event is kept as it was sent."""
    named = [
        outcome["id"]
        for outcome in outcomes
        if outcome["outcome"] == STILL_INVALID
        and any(reason["code"] in OF_NAMES for reason in outcome.get("reasons", ()))
    ]
    if named:
        console.print(
            "A replay changes no names. To bring such an event in, define its name in plan/ as it was sent, apply, and "
            f"replay again; otherwise drop it: headrace rejected drop {named[0] if len(named) == 1 else 'ID …'}",
            markup=False,
            soft_wrap=True,
        )


def say_what_is_gone(outcomes: list[dict[str, Any]]) -> None:
    for source, count in gone_sources(outcomes).items():
        console.print(
            f"The workspace no longer has the source {source}. Its events ({count}) are kept: "
            "apply a source of that id "
            f"and replay them again, or drop them: headrace rejected drop --source {source}",
            markup=False,
            soft_wrap=True,
        )


def print_event(event: RejectedEvent) -> None:
    """Two lines or more: what and whose it is, and each reason."""
    head = Text.assemble(
        (event.id, "dim" if event.replayed_at or event.dropped else "cyan"),
        f"  {event.received_at:%Y-%m-%d %H:%M:%S}  {event.source}  ",
        (event.name or "-", "bold"),
        f"  {_named(event)}",
        "  replayed" if event.replayed_at else f"  dropped by {event.dropped.by}" if event.dropped else "",
    )
    console.print(head, soft_wrap=True)
    for reason in event.reasons:
        console.print(reason_line(reason), markup=False, soft_wrap=True)


def _named(event: RejectedEvent) -> str:
    others = (f"{kind}:{value}" for kind, value in event.other_ids.items())
    return event.user_id or event.anonymous_id or next(others, "")


def reason_line(reason: RejectedReason) -> str:
    return f"    {reason.code.value}  {reason.message}"


def readable(body: bytes) -> Any:
    """The body as JSON, or as text when it is none."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body.decode(errors="replace")
