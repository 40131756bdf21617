"""The loads whose figures are kept: 100 events a second, of 1 KB, 20 in a request, in batches as prod forms them."""

from __future__ import annotations

from benchmarks.formed.runs import Run, Settings, Simulation
from cli.cost.batches import SHARDS_ON_DEMAND, Reading
from cli.cost.traffic import Load
from infra.settings.stages import PROD

LOADS = {
    "prod_one_person": Load(rate=100, per_request=20, people="one"),
    "prod_anybody": Load(rate=100, per_request=20, people="anybody"),
}
SECONDS = 30

SETTINGS = Settings(
    Reading(PROD.stream_shards or SHARDS_ON_DEMAND, PROD.stream_parallelism, PROD.stream_window_seconds),
    PROD.archive_window_seconds,
)


def counts(simulation: Simulation) -> dict[str, float]:
    """What is counted, by its name in results.json: the same at every run."""
    return {
        f"process.{name}.{figure}_per_1000": run.per_1000(count)
        for name, load in LOADS.items()
        for run in [simulation.run(load, SETTINGS, SECONDS)]
        for figure, count in _counted(run).items()
    }


def _counted(run: Run) -> dict[str, int]:
    return {
        "invocations": run.work["process"].invocations,
        "aws_calls": run.work["process"].aws_calls + run.work["archive"].aws_calls,
        "write_units": run.usage.write_units,
        "read_units": run.usage.read_units,
        "bus_entries": run.usage.bus_entries,
        "kinesis_units": run.usage.kinesis_units,
    }
