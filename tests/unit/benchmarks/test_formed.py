"""What events cost in batches as prod forms them, and what `headrace cost` reckons with, is what the handlers do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks import figures
from benchmarks.formed import costs, loads, measured
from benchmarks.formed.simulated import Simulation, simulation
from cli.cost import ledger
from cli.cost.bill import TIMELINE_DAYS
from cli.cost.measurements import read
from cli.cost.usage import RECEIVED_AND_DELETED, SAVERS, usage
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
    """The visits of simulated batches, of which only sizes were measured, add up to what a whole load was measured. How
    many batches half a minute of single requests makes is a matter of chance: 112, give or take 8."""
    kept = figures.load()

    reckoned = usage(loads.LOADS[name], PROD, read())

    for figure, value, within in (
        ("write_units", reckoned.units.writes, 0.04),
        ("read_units", reckoned.units.reads, 0.04),
        ("bus_entries", reckoned.entries, 0.06),
        ("invocations", reckoned.invocations["process"], 0.06),
    ):
        assert 1000 * value == pytest.approx(kept[f"process.{name}.{figure}_per_1000"], rel=within), figure


def test_the_requests_to_sqs_that_the_cost_assumes_are_those_that_the_meter_finds(
    simulated: Simulation,
) -> None:
    run = simulated.run(loads.LOADS["prod_anybody"], 10)
    found = run.meter.sum("queue_requests", by="archive") / run.meter.sum("bus_units")
    assert pytest.approx(found, rel=0.05) == 1 + RECEIVED_AND_DELETED


@pytest.mark.parametrize("name", loads.LOADS)
def test_the_ledger_takes_as_many_bytes_of_the_log_as_the_cost_says(simulated: Simulation, name: str) -> None:
    run = simulated.run(loads.LOADS[name], 10)
    reckoned = ledger.log_bytes(
        requests=run.requests,
        records=run.meter.sum("records", by="collect"),
        batches=run.invocations("process"),
    )
    assert run.ledger_bytes("collect") + run.ledger_bytes("process") == pytest.approx(reckoned, rel=0.1)


def test_the_ledger_has_no_calls_of_its_own(simulated: Simulation) -> None:
    """What each function asks of AWS, of a load without campaigns: what is here is in a line of the cost."""
    run = simulated.run(loads.LOADS["prod_one_person"], 10)
    of_workspace = {(name, call) for name in ("collect", "process") for call in loads.WORKSPACE_CALLS}
    assert {(one.by, one.of) for one in run.meter.billed if one.unit == "calls"} - of_workspace == {
        ("collect", "PutRecords"),
        ("process", "BatchGetItem"),
        ("process", "PutItem"),
        ("process", "BatchWriteItem"),
        ("process", "PutEvents"),
        ("archive", "PutRecordBatch"),
    }


def test_a_run_is_the_same_each_time(simulated: Simulation) -> None:
    first, again = (simulated.run(loads.LOADS["prod_anybody"], 3) for _ in range(2))
    assert first.meter.billed == again.meter.billed
    assert first.visits == again.visits


def test_what_is_said_elsewhere_is_said_alike() -> None:
    assert Process.__dataclass_fields__["savers"].default == SAVERS
    assert Settings().timeline_days == TIMELINE_DAYS


def test_the_document_quotes_what_the_command_prints() -> None:
    assert costs.quoted() == costs.markdown()
