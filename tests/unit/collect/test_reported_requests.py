"""Small requests that failed somewhere, as public reports and other projects' own tests have them.

`reported/<protocol>` has a row for each, named by what it is.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import orjson
import pytest

from functions.collect import protocols
from shared.plan.reasons import Observation
from tests.fakes.collect_stage import Stage
from tests.unit.collect.reported.row import Reported

FOLDER = Path(__file__).parent / "reported"

ROWS: dict[str, Reported] = {
    f"{file.stem}: {name}": row
    for file in sorted(FOLDER.glob("*.py"))
    if file.stem != "row"
    for name, row in import_module(f"tests.unit.collect.reported.{file.stem}").ROWS.items()
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_reported_request_ends_right(
    stage: Stage, row: Reported, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = stage.request(row.method, row.path, row.body, row.headers, query=row.query, api=row.api)
    found = [_like(expected, event.model_dump(mode="json")) for expected, event in _pairs(row, stage)]
    assert (answer.status, found) == (row.status, list(row.events))
    assert [tuple(reason.code for reason in item.reasons) for item in stage.refused] == list(row.refused)
    assert _observed(capsys.readouterr().out) == set(row.observed)
    if row.answer is not None:
        assert _like(row.answer, answer.body) == row.answer


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_reported_request_sent_again_is_answered_alike(stage: Stage, row: Reported) -> None:
    statuses = {
        stage.request(row.method, row.path, row.body, row.headers, query=row.query, api=row.api).status
        for _ in range(2)
    }
    assert len(statuses) == 1


def test_every_file_is_a_protocols() -> None:
    assert {name.partition(":")[0] for name in ROWS} <= set(protocols.NAMES)


def _observed(log: str) -> set[str]:
    """Of the metrics that the one request made, but what a lenient source's plan lacks: these are not about that."""
    [line] = log.splitlines()
    codes = set(Observation) - {Observation.UNKNOWN_EVENT, Observation.UNKNOWN_PROPERTY}
    return {code.value for code in codes if f"collect_observed_{code.value}" in orjson.loads(line)}


def _pairs(row: Reported, stage: Stage) -> list[tuple[Any, Any]]:
    assert len(stage.events) == len(row.events), (stage.events, stage.refused)
    return list(zip(row.events, stage.events, strict=True))


def _like(expected: Any, found: Any) -> Any:
    """What was found, as far as is expected of it."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return {name: _like(value, found.get(name)) for name, value in expected.items()}
    return found
