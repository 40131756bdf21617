"""What analysts ask Athena every day is answered on the laptop: no check refuses too much."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.archived import archived
from tests.fakes.lake import FakeLake

LINES = (Path(__file__).parent / "ordinary_queries.sql").read_text().splitlines()
QUERIES = [line for line in LINES if not line.startswith("--")]


@pytest.fixture
def one(lake: FakeLake) -> FakeLake:
    lake.add(archived(properties={"sku": "mug", "amount": 12.5, "items": [{"a": 1}]}), dt="2026-11-21")
    return lake


@pytest.mark.parametrize("sql", QUERIES)
def test_an_ordinary_query_is_answered(one: FakeLake, sql: str) -> None:
    one.ask(sql)
