"""The loads whose figures are kept: 100 events a second, of 1 KB, 20 in a request, in batches as prod forms them."""

from __future__ import annotations

from benchmarks.formed.runs import Run
from benchmarks.formed.simulated import Simulation
from cli.cost.traffic import Load
from simulation.contents import PROFILES

LOADS = {
    "prod_one_person": Load(rate=100, per_request=20, people="one"),
    "prod_anybody": Load(rate=100, per_request=20, people="anybody"),
}
SECONDS = 30

WORKSPACE_CALLS = ("GetItem", "GetObject")
"""Of `process` and `archive`, which ask for nothing else so."""


def counts(simulation: Simulation) -> dict[str, float]:
    """What is counted, by its name in results.json: the same at every run."""
    return {
        f"process.{name}.{figure}_per_1000": run.per_1000(count)
        for name, load in LOADS.items()
        for run in [simulation.run(load, SECONDS)]
        for figure, count in _counted(run).items()
    }


def _counted(run: Run) -> dict[str, float]:
    meter = run.meter
    return {
        "invocations": run.invocations("process"),
        "aws_calls": _calls(run, "process") + _calls(run, "archive"),
        "write_units": meter.sum("write_units"),
        "read_units": meter.sum("read_units", of=PROFILES),
        "bus_entries": meter.sum("bus_units"),
        "kinesis_units": meter.sum("put_units"),
    }


def _calls(run: Run, function: str) -> float:
    """Without those for the workspace, which an environment makes as it begins and once a minute."""
    of_workspace = sum(run.meter.sum("calls", by=function, of=name) for name in WORKSPACE_CALLS)
    return run.meter.sum("calls", by=function) - of_workspace
