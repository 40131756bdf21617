"""docs/lake.md says what is so: its columns are the table's, and each of its queries runs."""

from __future__ import annotations

import re

import pytest
import sqlglot

from cli.checkout import ROOT
from cli.lake_queries import named_queries
from shared.lake_schema import COLUMNS, PARTITIONS
from tests.fakes.archived import archived
from tests.fakes.lake import FakeLake

PAGE = (ROOT / "docs" / "lake.md").read_text()
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def shop(lake: FakeLake) -> FakeLake:
    visit = {"campaign": {"source": "newsletter"}}
    bought = {"amount": 1500, "currency": "USD"}
    lake.add(archived("1", name="Login"), dt="2026-11-21")
    lake.add(archived("2", name="Add To Cart", properties={"sku": "mug"}, context=visit), dt="2026-11-21")
    lake.add(archived("3", name="Complete Purchase", properties=bought), dt="2026-11-21")
    return lake


def test_the_columns_are_the_tables() -> None:
    assert re.findall(r"^\| `(\w+)` \| (\S+) \|", PAGE, re.MULTILINE) == [*COLUMNS, *PARTITIONS]


@pytest.mark.parametrize("sql", QUERIES)
def test_an_example_finds_something(shop: FakeLake, sql: str) -> None:
    [row, *_] = shop.ask(sql)
    assert all(value is not None for value in row.values()), row


@pytest.mark.parametrize("sql", QUERIES)
def test_an_example_is_athenas_sql(sql: str) -> None:
    assert isinstance(sqlglot.parse_one(sql, read="athena"), sqlglot.exp.Query)


def test_the_page_shows_named_queries_that_exist() -> None:
    shown = set(re.findall(r"--named (\w+)", PAGE))
    assert shown
    assert shown <= set(named_queries())
