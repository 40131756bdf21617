"""What a simulation says: entries on standard output, and on standard error what is no entry."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence

import orjson
import typer

from cli.console import visible
from cli.simulating.reading import MOST_SHOWN
from shared.text.counting import number_of
from simulation.lane.entries import DROPPED, EVENT, SENT, Entry
from simulation.lane.plan import Plan
from simulation.lane.recording import RejectedLine
from simulation.lane.run import Simulated

COLUMNS = ("at", "person", "kind", "id", "reason", "channel", "variant", "event")


def print_json(entries: Sequence[Entry]) -> None:
    """A list with a line for each entry, so that two outputs can be compared line by line."""
    lines = b",\n".join(b"  " + orjson.dumps(entry.as_dict()) for entry in entries)
    sys.stdout.write((b"[\n" + lines + b"\n]\n" if lines else b"[]\n").decode())


def print_table(simulated: Simulated) -> None:
    rows = [
        [visible(str(entry.as_dict()[column] or "")) for column in COLUMNS] for entry in simulated.entries
    ]
    shown = [at for at, _ in enumerate(COLUMNS) if any(row[at] for row in rows)]
    table = [[row[at] for at in shown] for row in ([*COLUMNS], *rows)] if rows else []
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        sys.stdout.write("  ".join(map(str.ljust, row, widths)).rstrip() + "\n")
    sys.stdout.write(("\n" if rows else "") + _counted(simulated.entries) + "\n")


def say_besides(plan: Plan, simulated: Simulated) -> None:
    """On standard error: lines that the workspace rejects, and what must not be overlooked."""
    sys.stdout.flush()  # both may go to one place
    if plan.left_out:
        _say(f"{number_of(plan.left_out, 'line')} left out: after the end of the simulation")
    if simulated.rejected:
        _say(
            f"{number_of(len(simulated.rejected), 'event')} rejected, as collect or process would reject "
            f"{'it' if len(simulated.rejected) == 1 else 'them'}:"
        )
        _say_some([_of_line(line) for line in simulated.rejected])
    if plan.unheard:
        _say(
            f"{number_of(len(plan.unheard), 'system event')} that nothing follows from, as neither Headrace nor the "
            "plan knows the name (docs/simulating.md: Feedback):"
        )
        _say_some([f"line {one.number}: {visible(one.event['name'])}" for one in plan.unheard])
    if simulated.circles:
        _say(f"{number_of(simulated.circles, 'decision')} cut off: the workspace goes round in circles")
    if simulated.too_much:
        _say(f"{number_of(simulated.too_much, 'decision')} cut off: one event may not cause so many")
    if simulated.put_aside:
        _say(
            f"{number_of(simulated.put_aside, 'record')} put aside, which is a defect of Headrace: please report it"
        )


def _say_some(lines: Sequence[str]) -> None:
    for line in lines[:MOST_SHOWN]:
        _say(f"  {line}")
    if len(lines) > MOST_SHOWN:
        _say(f"  … and {len(lines) - MOST_SHOWN} more")


def _of_line(line: RejectedLine) -> str:
    reasons = "; ".join(f"{reason.code}: {reason.message}" for reason in line.reasons)
    return f"line {line.number}: {visible(reasons)}"


def _counted(entries: Sequence[Entry]) -> str:
    kinds = Counter(entry.kind for entry in entries)
    reasons = Counter(entry.reason for entry in entries if entry.kind == DROPPED and entry.reason)
    why = ", ".join(
        f"{reason} {count:,}" for reason, count in sorted(reasons.items(), key=lambda one: (-one[1], one[0]))
    )
    dropped = f"{kinds[DROPPED]:,} dropped" + (f" ({why})" if why else "")
    return (
        f"{_many(kinds[SENT], 'message')} sent, {dropped}, {_many(kinds[EVENT], 'event')} of Headrace's own"
    )


def _many(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _say(text: str) -> None:
    typer.echo(text, err=True)
