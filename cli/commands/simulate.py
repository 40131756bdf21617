"""`headrace simulate FOLDER EVENTS`: a workspace in simulated time, before it is applied."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsJson
from cli.simulating.reading import plan_of
from cli.simulating.running import bar, silent_functions
from cli.simulating.showing import print_json, print_table, say_besides
from shared.garbage import look_seldom
from simulation.lane.lines import TIME, instant
from simulation.lane.replaying import Delivery
from simulation.lane.run import simulate as simulated_by

LONGEST_DELAY = 366 * 86_400

app = typer.Typer()


def moment(typed: str) -> datetime:
    """A point in time: "a day ago" would be another one tomorrow."""
    at = instant(typed)
    if at is None:
        raise typer.BadParameter(TIME)
    return at


@app.command()
def simulate(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The workspace.", show_default=False)],
    events: Annotated[
        str,
        typer.Argument(
            metavar="EVENTS", help="What happens, as NDJSON; - is standard input.", show_default=False
        ),
    ],
    until: Annotated[
        datetime | None,
        typer.Option(
            parser=moment, metavar="TIME", help="Let time go on until then. Without it: to the last line."
        ),
    ] = None,
    as_json: AsJson = False,
    deliveries: Annotated[int, typer.Option(min=1, max=100, help="Deliver each batch so many times.")] = 1,
    cut: Annotated[
        int | None, typer.Option(min=1, max=10_000, help="Cut the records into batches of so many.")
    ] = None,
    sweep_late: Annotated[
        int, typer.Option(min=0, max=LONGEST_DELAY, metavar="SECONDS", help="Let each timer come so late.")
    ] = 0,
    no_sweep_until: Annotated[
        datetime | None, typer.Option(parser=moment, metavar="TIME", help="Let no timer come before then.")
    ] = None,
    seed: Annotated[
        int, typer.Option(help="For ids that lines do not have, and where batches break off.")
    ] = 0,
) -> None:
    """Try a workspace on a history: what would be sent to whom, what not, and why. No AWS, no waiting.

    The same input prints the same, on every machine. The options about deliveries, cuts and timers must not change it.

    Example: headrace simulate examples/shop examples/shop/history.ndjson --until 2026-12-01
    """
    look_seldom()
    plan = plan_of(folder, events, until=until, seed=seed)
    late = timedelta(seconds=sweep_late)
    delivery = Delivery(deliveries, cut, late, no_sweep_until, seed)
    with silent_functions(), bar() as advance:
        simulated = simulated_by(plan, delivery, advance)
    if as_json:
        print_json(simulated.entries)
    else:
        print_table(simulated)
    say_besides(plan, simulated)
