"""Athena's answers, stubbed call by call: waiting, pages, types, failures and a person who does not want to wait."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import Stubber

from shared.aws import clients
from shared.aws.clients import client
from shared.aws.queries import LONGEST_PAUSE, ROWS_PER_PAGE, AthenaQueries
from shared.failures import Unavailable
from shared.ports.queries import QueryFailed

SQL = "select name, count(*) as c from events group by 1"


@pytest.fixture
def athena(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    clients.forget()
    with Stubber(client("athena")) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()
    clients.forget()


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def queries(athena: Stubber, pauses: list[float]) -> AthenaQueries:
    return AthenaQueries(database="headrace_dev", workgroup="headrace-dev", sleep=pauses.append)


def started(athena: Stubber) -> None:
    athena.add_response(
        "start_query_execution",
        {"QueryExecutionId": "q1"},
        {
            "QueryString": SQL,
            "QueryExecutionContext": {"Database": "headrace_dev"},
            "WorkGroup": "headrace-dev",
        },
    )


def looked(athena: Stubber, state: str, reason: str | None = None, statement: str = "DML") -> None:
    status = {"State": state} | ({"StateChangeReason": reason} if reason else {})
    execution = {
        "QueryExecutionId": "q1",
        "StatementType": statement,
        "Status": status,
        "Statistics": {"DataScannedInBytes": 4096},
    }
    athena.add_response("get_query_execution", {"QueryExecution": execution}, {"QueryExecutionId": "q1"})


def answered(
    athena: Stubber,
    columns: dict[str, str],
    *rows: list[str | None],
    after: str | None = None,
    then: str | None = None,
) -> None:
    page: dict[str, Any] = {
        "ResultSet": {
            "ResultSetMetadata": {
                "ColumnInfo": [{"Name": name, "Type": athena_type} for name, athena_type in columns.items()]
            },
            "Rows": [
                {"Data": [{} if text is None else {"VarCharValue": text} for text in row]} for row in rows
            ],
        }
    }
    athena.add_response(
        "get_query_results",
        page | ({"NextToken": then} if then else {}),
        {"QueryExecutionId": "q1", "MaxResults": ROWS_PER_PAGE} | ({"NextToken": after} if after else {}),
    )


COLUMNS = {"name": "varchar", "c": "bigint"}


def test_rows_come_as_values_of_their_columns_types(queries: AthenaQueries, athena: Stubber) -> None:
    started(athena)
    looked(athena, "SUCCEEDED")
    columns = {**COLUMNS, "revenue": "double", "at": "timestamp"}
    answered(
        athena,
        columns,
        ["name", "c", "revenue", "at"],
        ["Login", "2", "1.5", "2026-11-21 18:10:00.000"],
        [None, "3", None, None],
    )

    result = queries.run(SQL)

    assert result.columns == ("name", "c", "revenue", "at")
    assert result.rows == [
        ("Login", 2, 1.5, datetime(2026, 11, 21, 18, 10, tzinfo=UTC)),
        (None, 3, None, None),
    ]
    assert result.scanned_bytes == 4096


def test_every_page_is_read_and_only_the_first_has_a_header(queries: AthenaQueries, athena: Stubber) -> None:
    started(athena)
    looked(athena, "SUCCEEDED")
    answered(athena, COLUMNS, ["name", "c"], ["a", "1"], then="t1")
    answered(athena, COLUMNS, ["b", "2"], after="t1")

    assert queries.run(SQL).rows == [("a", 1), ("b", 2)]


def test_a_statement_that_lists_has_no_header(queries: AthenaQueries, athena: Stubber) -> None:
    started(athena)
    looked(athena, "SUCCEEDED", statement="UTILITY")
    answered(athena, {"tab_name": "string"}, ["events"], ["events_raw"])

    assert queries.run(SQL).rows == [("events",), ("events_raw",)]


def test_no_rows_is_an_empty_result_that_still_has_columns(queries: AthenaQueries, athena: Stubber) -> None:
    started(athena)
    looked(athena, "SUCCEEDED")
    answered(athena, COLUMNS, ["name", "c"])

    result = queries.run(SQL)

    assert result.rows == []
    assert result.columns == ("name", "c")


def test_a_running_query_is_looked_at_less_and_less_often(
    queries: AthenaQueries, athena: Stubber, pauses: list[float]
) -> None:
    started(athena)
    looked(athena, "QUEUED")
    for _ in range(14):
        looked(athena, "RUNNING")
    looked(athena, "SUCCEEDED")
    answered(athena, COLUMNS, ["name", "c"])

    queries.run(SQL)

    assert pauses == sorted(pauses)
    assert pauses[0] < 0.1
    assert pauses[-1] == LONGEST_PAUSE


def test_a_query_that_fails_says_why(queries: AthenaQueries, athena: Stubber) -> None:
    started(athena)
    looked(athena, "FAILED", "COLUMN_NOT_FOUND: line 1:8: Column 'nope' cannot be resolved")

    with pytest.raises(QueryFailed, match="Column 'nope' cannot be resolved"):
        queries.run(SQL)


def test_a_query_cancelled_elsewhere_is_no_result(queries: AthenaQueries, athena: Stubber) -> None:
    started(athena)
    looked(athena, "CANCELLED")

    with pytest.raises(QueryFailed, match="cancelled"):
        queries.run(SQL)


def test_a_malformed_query_is_the_querys_fault(queries: AthenaQueries, athena: Stubber) -> None:
    athena.add_client_error(
        "start_query_execution",
        "InvalidRequestException",
        "line 1:1: mismatched input 'selec'",
        http_status_code=400,
    )

    with pytest.raises(QueryFailed, match="mismatched input 'selec'"):
        queries.run(SQL)


def test_athena_refusing_access_is_not_the_querys_fault(queries: AthenaQueries, athena: Stubber) -> None:
    athena.add_client_error("start_query_execution", "AccessDeniedException", "not you", http_status_code=400)

    with pytest.raises(Unavailable, match="not you"):
        queries.run(SQL)


def test_a_person_who_stops_waiting_stops_the_query(athena: Stubber) -> None:
    def impatient(_: float) -> None:
        raise KeyboardInterrupt

    started(athena)
    looked(athena, "RUNNING")
    athena.add_response("stop_query_execution", {}, {"QueryExecutionId": "q1"})

    with pytest.raises(KeyboardInterrupt):
        AthenaQueries(database="headrace_dev", workgroup="headrace-dev", sleep=impatient).run(SQL)
