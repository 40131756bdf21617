"""How fast `headrace simulate` is: `python -m benchmarks.simulate`, with a month of a shop of 2,000 people.

The command runs as it does for whoever types it, its start included. Time is that of a core, so that a machine that has
other work says nearly the same.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated, NamedTuple

import orjson
import typer

from benchmarks.shop_month import DAYS, month

ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-c", "from cli.main import app; app()", "simulate", "examples/shop")


class Speed(NamedTuple):
    """`seconds` are those of a core that `events` took."""

    events: int
    seconds: float

    @property
    def events_per_second(self) -> float:
        return self.events / self.seconds

    @property
    def times_real_time(self) -> float:
        return DAYS * 86_400 / self.seconds

    def __str__(self) -> str:
        return (
            f"{self.events:,} events in {self.seconds:.1f} s: {self.events_per_second:,.0f} events a second, "
            f"{self.times_real_time:,.0f} times as fast as real time"
        )


def measure(events: int, people: int, rounds: int) -> Speed:
    """The best of so many rounds."""
    with tempfile.TemporaryDirectory() as folder:
        history = Path(folder) / "month.ndjson"
        history.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in month(events, people)))
        return Speed(events, min(_seconds(history) for _ in range(rounds)))


def _seconds(history: Path) -> float:
    before = os.times()
    subprocess.run(
        [*COMMAND, str(history), "--json"],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
    )
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


def main(
    events: Annotated[int, typer.Option(help="Lines.", min=1)] = 25_000,
    people: Annotated[int, typer.Option(help="Shoppers.", min=1)] = 2_000,
    rounds: Annotated[int, typer.Option(help="The best one counts.", min=1)] = 3,
) -> None:
    """Print events a second, and how many times as fast as real time that is."""
    typer.echo(measure(events, people, rounds))


if __name__ == "__main__":
    typer.run(main)
