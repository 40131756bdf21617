"""The capacity of tables, as it is written in headrace.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.settings.capacity import MOST_UNITS, Capacity, TableName
from infra.settings.file import NotUsable, in_force


def read(folder: Path, text: str) -> dict[str, dict[TableName, Capacity]]:
    """By stage."""
    file = folder / "headrace.yaml"
    file.write_text(text)
    return {stage: dict(settings.table_capacity) for stage, settings in in_force(file).items()}


def test_a_table_has_what_is_said_and_at_least_one_unit(tmp_path: Path) -> None:
    found = read(tmp_path, "prod:\n  table_capacity:\n    profiles: {most_writes: 1000, most_reads: 500}\n")

    assert found == {
        "local": {},
        "dev": {},
        "prod": {"profiles": Capacity(least_writes=1, most_writes=1_000, least_reads=1, most_reads=500)},
    }


@pytest.mark.parametrize(
    ("units", "message"),
    [
        (f"{{most_writes: {MOST_UNITS}, most_reads: 1}}", None),
        ("{least_writes: 10, most_writes: 10, most_reads: 1}", None),
        (f"{{most_writes: {MOST_UNITS + 1}, most_reads: 1}}", "40000"),
        ("{least_writes: 0, most_writes: 10, most_reads: 1}", "1"),
        (
            "{least_writes: 11, most_writes: 10, most_reads: 1}",
            "`least_writes`, 11, is more than `most_writes`, 10",
        ),
        (
            "{most_writes: 10, least_reads: 3, most_reads: 2}",
            "`least_reads`, 3, is more than `most_reads`, 2",
        ),
        ("{most_writes: 10}", "most_reads"),
        ("{most_writes: 10, most_reads: 1, writes: 3}", "writes"),
    ],
)
def test_bounds_are_checked(tmp_path: Path, units: str, message: str | None) -> None:
    text = f"prod:\n  table_capacity:\n    timeline: {units}\n"
    if message is None:
        assert set(read(tmp_path, text)["prod"]) == {"timeline"}
    else:
        with pytest.raises(NotUsable, match=message):
            read(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("prod:\n  table_capacity:\n    profile: {most_writes: 1, most_reads: 1}\n", "profile"),
        (
            "local:\n  table_capacity:\n    profiles: {most_writes: 1, most_reads: 1}\n",
            "not available on the laptop",
        ),
    ],
)
def test_a_table_that_is_not_there_and_a_laptop_have_none(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(NotUsable, match=message):
        read(tmp_path, text)
