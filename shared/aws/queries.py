"""Athena: start a query, wait for it, and read its rows as Python values."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from shared.aws.clients import client, unavailable_when_failing
from shared.lake.values import value
from shared.ports.queries import QueryFailed, QueryResult

if TYPE_CHECKING:
    from mypy_boto3_athena.type_defs import QueryExecutionTypeDef

FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0
"""Seconds between two checks of a running query. Each pause is 1.5 times the previous one."""

ROWS_PER_PAGE = 1000


class AthenaQueries:
    """`shared.ports.queries.Queries` over one database and workgroup, which says where results are stored."""

    def __init__(self, *, database: str, workgroup: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._database = database
        self._workgroup = workgroup
        self._sleep = sleep

    def run(self, sql: str) -> QueryResult:
        with unavailable_when_failing():
            query = self._started(sql)
            try:
                execution = self._finished(query)
            except QueryFailed:
                raise
            except BaseException:  # an impatient person's Ctrl-C too: a query left running is paid for
                client("athena").stop_query_execution(QueryExecutionId=query)
                raise
            return self._result(execution)

    def _started(self, sql: str) -> str:
        athena = client("athena")
        try:
            return athena.start_query_execution(
                QueryString=sql,
                QueryExecutionContext={"Database": self._database},
                WorkGroup=self._workgroup,
            )["QueryExecutionId"]
        except athena.exceptions.InvalidRequestException as error:
            raise QueryFailed(error.response["Error"]["Message"]) from error

    def _finished(self, query: str) -> QueryExecutionTypeDef:
        pause = FIRST_PAUSE
        while True:
            execution = client("athena").get_query_execution(QueryExecutionId=query)["QueryExecution"]
            status = execution["Status"]
            if status["State"] == "SUCCEEDED":
                return execution
            if status["State"] in ("FAILED", "CANCELLED"):
                raise QueryFailed(
                    status.get("StateChangeReason") or f"the query was {status['State'].lower()}"
                )
            self._sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)

    def _result(self, execution: QueryExecutionTypeDef) -> QueryResult:
        pages = list(self._pages(execution["QueryExecutionId"]))
        columns = pages[0]["ResultSetMetadata"]["ColumnInfo"]
        rows = [row["Data"] for page in pages for row in page["Rows"]]
        if execution.get("StatementType") == "DML":  # its first row repeats the names of the columns
            rows = rows[1:]
        types = [column["Type"] for column in columns]
        return QueryResult(
            columns=tuple(column["Name"] for column in columns),
            rows=[_row(types, row) for row in rows],
            scanned_bytes=execution.get("Statistics", {}).get("DataScannedInBytes", 0),
            types=tuple(types),
        )

    def _pages(self, query: str) -> Iterator[Any]:
        paginator = client("athena").get_paginator("get_query_results")
        for page in paginator.paginate(QueryExecutionId=query, PaginationConfig={"PageSize": ROWS_PER_PAGE}):
            yield page["ResultSet"]


def _row(types: Sequence[str], data: Sequence[dict[str, str]]) -> tuple[Any, ...]:
    return tuple(value(athena, datum.get("VarCharValue")) for athena, datum in zip(types, data, strict=True))
