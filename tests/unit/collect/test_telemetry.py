"""The line of a request, in CloudWatch's embedded metric format: as Powertools writes it in the other stages."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime

import orjson
import pytest
from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

from functions.collect import telemetry
from functions.collect.http.report import Report
from functions.collect.http.responses import Response
from shared.ledger.lines import Put, witnesses
from shared.ledger.places import Place
from tests.fakes.collect_stage import STRICT, Stage

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NONE_REJECTED = Report("twilio_segment", "batch", "shop", 3, 2048, 2, 2, 1)
ONE_OF_EACH = NONE_REJECTED._replace(accepted=1, rejected={"too_old": 1}, observed={"unknown_event": 1})


def write_by_powertools(counts: dict[str, float], said: dict[str, object]) -> None:
    metrics = Metrics(namespace="Headrace", service="collect")
    metrics.clear_metrics()
    for name, count in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=count)
    for name, value in said.items():
        metrics.add_metadata(name, value)
    metrics.flush_metrics()


@pytest.mark.parametrize(
    ("report", "status", "also"),
    [
        (None, 404, {}),
        (NONE_REJECTED, 200, {}),
        (ONE_OF_EACH, 200, {"collect_rejected_too_old": 1, "collect_observed_unknown_event": 1}),
        (NONE_REJECTED, 503, {"collect_unavailable": 1}),
    ],
)
def test_the_line_of_a_request_is_the_one_that_powertools_would_write(
    capsys: pytest.CaptureFixture[str], report: Report | None, status: int, also: dict[str, float]
) -> None:
    response = Response(status, None)
    response.report = report
    before = time.time() * 1000

    telemetry.report(None, response, 0.00123)

    line = capsys.readouterr().out
    found = orjson.loads(line)
    said: dict[str, object] = {"status": status, "milliseconds": 1.23}
    counts: dict[str, float] = {"collect_requests": 1}
    if report is not None:
        said |= {
            "protocol": "twilio_segment", "call": "batch", "source": "shop", "workspace": 3, "bytes": 2048,
            "records": 1,
        }  # fmt: skip
        counts |= {
            "collect_received": 2,
            "collect_accepted": report.accepted,
            "collect_rejected": len(report.rejected),
            "collect_observed": len(report.observed),
        }
    write_by_powertools(counts | also, said)
    expected = capsys.readouterr().out
    at = found["_aws"]["Timestamp"]
    assert before - 1 <= at <= time.time() * 1000
    assert line == expected.replace(str(orjson.loads(expected)["_aws"]["Timestamp"]), str(at))


def test_the_line_says_where_the_records_stand_on_the_stream_for_the_ledger(
    capsys: pytest.CaptureFixture[str],
) -> None:
    response = Response(200, None)
    response.report = ONE_OF_EACH

    telemetry.report(None, response, 0.00123, [Place(3, 7), Place(3, 9)])

    line = orjson.loads(capsys.readouterr().out)
    assert list(witnesses(line, NOON, "collect")) == [
        Put(NOON, "shop", (Place(3, 7), Place(3, 9)), events=1, received=2, rejected=1)
    ]


@pytest.mark.parametrize(
    ("status", "report", "refused"), [(401, None, 1), (404, None, 1), (200, None, 0), (503, None, 1)]
)
def test_the_ledger_counts_a_request_that_was_refused_whole(
    capsys: pytest.CaptureFixture[str], status: int, report: Report | None, refused: int
) -> None:
    response = Response(status, None)
    response.report = report

    telemetry.report(None, response, 0.00123, [])

    [put] = witnesses(orjson.loads(capsys.readouterr().out), NOON, "collect")
    assert put == Put(NOON, None, refused=refused)


def test_what_a_request_left_on_the_stream_that_was_not_stored_whole_is_said_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    telemetry.report(None, Response(503, None), 0.00123, [Place(3, 7)])

    [put] = witnesses(orjson.loads(capsys.readouterr().out), NOON, "collect")
    assert put == Put(NOON, None, (Place(3, 7),), events=None, refused=1)


def test_a_cold_start_does_not_load_powertools() -> None:
    asked = "import sys, functions.collect.handler; assert 'aws_lambda_powertools' not in sys.modules"
    subprocess.run([sys.executable, "-c", asked], check=True, timeout=120)


@pytest.mark.parametrize(
    ("path", "key", "items", "status", "refused"),
    [
        ("/v1/batch", "hr_nobody", [1], 401, 1),
        ("/v1/batch", None, [1], 401, 1),
        ("/v1/batch", STRICT, [], 400, 1),
        ("/v1/nowhere", STRICT, [1], 404, 1),
        ("/v1/batch", STRICT, [1], 400, 0),
    ],
    ids=["unknown key", "no key", "no events", "no path", "one wrong event"],
)
def test_a_request_that_is_refused_whole_is_one_for_the_ledger_on_whatever_path(
    capsys: pytest.CaptureFixture[str],
    path: str,
    key: str | None,
    items: list[object],
    status: int,
    refused: int,
) -> None:
    assert Stage().post(path, {"batch": items}, key=key).status == status

    [said] = witnesses(orjson.loads(capsys.readouterr().out), NOON, "collect")

    assert isinstance(said, Put)
    assert (said.refused, said.received, said.rejected) == (refused, 1 - refused, 1 - refused)
