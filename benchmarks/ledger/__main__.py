"""`python -m benchmarks.ledger --events 1000000 --one-in 10000`: exits with 1 unless the ledger names exactly what is
lost."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.ledger.asking import ask
from benchmarks.ledger.load import written

HOURS_AGO = 3


def main(
    events: Annotated[int, typer.Option(help="Of an hour.", min=1)] = 1_000_000,
    one_in: Annotated[int, typer.Option(help="Of so many records, one is lost.", min=1)] = 10_000,
) -> None:
    """Say how long `headrace ledger` takes over an hour of so many events, in how much memory, and what it names."""
    begin = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS_AGO)
    with tempfile.TemporaryDirectory() as name:
        began = time.perf_counter()
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as apart:
            lost = apart.submit(written, Path(name), begin, events, one_in).result()  # in memory of its own
        megabytes = sum(file.stat().st_size for file in Path(name).iterdir()) / 2**20
        typer.echo(
            f"{events:,} events folded in {time.perf_counter() - began:.0f} s; {len(lost)} records lost; "
            f"{megabytes:,.0f} MB of log"
        )
        before = _memory()
        answered = ask(Path(name), begin)
    typer.echo(
        f"headrace ledger --json: exit code {answered.exit_code} after {answered.seconds:.1f} s of a core, "
        f"{answered.pages} pages of log, {_memory():,.0f} MB at most, {before:,.0f} MB of them before it began"
    )
    named = answered.missing
    typer.echo(f"{len(named & lost)} of {len(lost)} lost records are named, and {len(named - lost)} others")
    if named != lost or bool(lost) != bool(answered.exit_code):
        raise typer.Exit(1)


def _memory() -> float:
    """Megabytes that the process had at most."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 1024


if __name__ == "__main__":
    typer.run(main)
