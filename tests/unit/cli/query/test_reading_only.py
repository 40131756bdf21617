"""`headrace query`: what changes something does not come to Athena."""

from __future__ import annotations

import pytest

from cli.problem import Problem
from tests.unit.cli.query.answered import FakeQueries, typed

CHANGES_IN_DISGUISE = [
    "explain analyze insert into events_raw select * from events_raw",
    "EXPLAIN ANALYZE\nDelete from t",
    "explain analyze verbose update t set a = 1",
    "explain /* of */ analyze (format text) -- it\n create table z as select 1",
    "explain (type distributed, format json) drop table t",
    "explain explain analyze delete from t",
    "explain",
    # no tokens of Athena's for sqlglot
    "insert into events_raw select X'65 68' as a",
    "create table z as select X'65 68'",
    "drop table `x",
    "unload (select X'65 68' as a) to 's3://b/p'",
    "explain analyze insert into events_raw select X'65 68'",
    # a comment ends with a carriage return
    "-- of them\rinsert into events_raw select 1 -- \n select 1",
]

READS = [
    "explain select 1",
    "explain analyze verbose with x as (select 1 as n) select n from x",
    "explain (format json) select 1",
    "explain (select 1)",
    "explain analyze values 1",
    "select X'65 68' as a",
    "-- of them\rselect 1",
]


@pytest.mark.parametrize("sql", CHANGES_IN_DISGUISE)
def test_no_statement_that_changes_something_comes_to_athena(queries: type[FakeQueries], sql: str) -> None:
    result = typed(sql, "--stage", "prod")

    assert isinstance(result.exception, Problem)
    assert "only reads" in str(result.exception)
    assert queries.all_asked == []


@pytest.mark.parametrize("sql", READS)
def test_what_reads_comes_to_athena_as_it_was_typed(queries: type[FakeQueries], sql: str) -> None:
    typed(sql, "--stage", "prod")

    assert sql in queries.all_asked
