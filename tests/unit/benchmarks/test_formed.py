"""What events cost in batches as prod forms them, and what `headrace cost` reckons with, is what the handlers do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks import figures
from benchmarks.formed import costs, loads, measured
from benchmarks.formed.runs import Simulation, simulation
from cli.cost.bill import TIMELINE_DAYS
from cli.cost.measurements import read
from cli.cost.usage import SAVERS, usage
from functions.process.batch import Process
from infra.settings.changed import as_written
from infra.settings.stages import TARGETS
from shared.workspace.model import Settings

TIMES = ("cpu_ms", "cpu_ms_per_event")
"""They differ from machine to machine."""

PROD = {**as_written(TARGETS["prod"]), "timeline_days": TIMELINE_DAYS}


@pytest.fixture(scope="module")
def simulated() -> Iterator[Simulation]:
    with simulation() as made:
        yield made


def flat(value: Any, name: str = "") -> dict[str, float]:
    if isinstance(value, dict):
        return {key: one for part in value for key, one in flat(value[part], f"{name}.{part}").items()}
    if isinstance(value, list):
        return {key: one for at, part in enumerate(value) for key, one in flat(part, f"{name}.{at}").items()}
    return {} if name.endswith(TIMES) else {name: value}


def test_what_events_cost_in_batches_as_they_form_is_what_the_last_benchmark_found(
    simulated: Simulation,
) -> None:
    kept = {name: value for name, value in figures.load().items() if ".prod_" in name}
    assert loads.counts(simulated) == pytest.approx(kept, rel=0.05)


def test_what_the_cost_is_reckoned_with_is_what_the_handlers_do(simulated: Simulation) -> None:
    found = measured.measure(simulated)
    assert flat(measured.named(found)) == pytest.approx(flat(measured.named(read())), rel=0.05)


@pytest.mark.parametrize("name", loads.LOADS)
def test_the_cost_is_reckoned_as_the_handlers_are_billed(name: str) -> None:
    """The visits of simulated batches, of which only sizes were measured, add up to what a whole load was measured."""
    kept = figures.load()

    reckoned = usage(loads.LOADS[name], PROD, read())

    for figure, value in (
        ("write_units", reckoned.units.writes),
        ("read_units", reckoned.units.reads),
        ("bus_entries", reckoned.entries),
        ("invocations", reckoned.invocations["process"]),
    ):
        assert 1000 * value == pytest.approx(kept[f"process.{name}.{figure}_per_1000"], rel=0.04), figure


def test_what_is_said_elsewhere_is_said_alike() -> None:
    assert Process.__dataclass_fields__["savers"].default == SAVERS
    assert Settings().timeline_days == TIMELINE_DAYS


def test_the_document_quotes_what_the_command_prints() -> None:
    assert costs.quoted() == costs.markdown()
