"""`headrace logs`, readable; and the requests that left nothing but a line there, counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner, Result

from cli.commands.status import refused_in_words
from cli.log_entries import LogEntry, entry, is_of_the_platform
from cli.main import typed
from cli.rejected import refused_requests
from cli.stacks import Stack
from shared.aws.clients import client
from shared.aws.stack import function_logs
from tests.fakes.pretended_aws import pretended_aws


def now() -> datetime:
    """When asked: a run of all tests takes longer than what `headrace logs` looks back."""
    return datetime.now(UTC).replace(microsecond=0)


def measured(**said: Any) -> str:
    """As Powertools' metrics write a line: a list for each metric, and what was said besides."""
    return json.dumps({"_aws": {"Timestamp": 1, "CloudWatchMetrics": []}, "service": "x", **said})


def of_collect(status: int, code: str | None = None, received: float = 0.0, **more: Any) -> str:
    more |= {"code": code} if code else {}
    return measured(
        status=status, milliseconds=4.14, method="POST", **more, source=None, bytes=0, collect_requests=[1.0],
        collect_received=[received], collect_rejected=[0.0],
    )  # fmt: skip


QUIET = measured(sweep_timers=[0.0], sweep_behind=[0.000378])
QUIET_TOO = json.dumps(
    {"level": "INFO", "location": "lambda_handler:45", "message": "sweep done", "timestamp": "t", "service": "sweep",
     "timers": 0, "unsendable": 0, "behind": 0.0004, "paused": False}
)  # fmt: skip
TIMERS = measured(sweep_timers=[3.0], sweep_behind=[0.0])
FAILED = json.dumps(
    {"level": "ERROR", "location": "x", "message": "unexpected error", "service": "collect", "error": "KeyError",
     "exception": "Traceback\n  File"}
)  # fmt: skip
PLATFORM = json.dumps({"time": "t", "type": "platform.report", "record": {}})


@pytest.mark.parametrize(
    ("text", "said", "is_news"),
    [
        (
            of_collect(401, "unknown_write_key"),
            LogEntry(
                "WARNING", "POST 401 unknown_write_key", {"milliseconds": 4.14, "collect_requests": 1.0}
            ),
            True,
        ),
        (
            of_collect(503, "not_stored"),
            LogEntry("ERROR", "POST 503 not_stored", {"milliseconds": 4.14, "collect_requests": 1.0}),
            True,
        ),
        (QUIET, LogEntry("INFO", "", {"sweep_behind": 0.000378}, is_measure=True), False),
        (TIMERS, LogEntry("INFO", "", {"sweep_timers": 3.0}, is_measure=True), False),
        (measured(sweep_timers=[0.0]), LogEntry("INFO", "", {"sweep_timers": 0.0}, is_measure=True), False),
        (
            measured(message="batch processed", process_records=[3.0], process_duplicates=[0.0]),
            LogEntry("INFO", "batch processed", {"records": 3.0}),
            True,
        ),
        (
            measured(message="messages handled", messages_sent=[2.0], pauses_not_set=0, behind_seconds=7),
            LogEntry("INFO", "messages handled", {"sent": 2.0, "behind_seconds": 7}),
            True,
        ),
        (FAILED, LogEntry("ERROR", "unexpected error", {"error": "KeyError"}, "Traceback\n  File"), True),
        ('{"level":"INFO","message":"begun"}', LogEntry("INFO", "begun", {}), True),
        ("Traceback:\n  in x", LogEntry("", "Traceback:", {}, "  in x"), True),
        ("{not json", LogEntry("", "{not json", {}), True),
        ("[1]", LogEntry("", "[1]", {}), True),
        ("", LogEntry("", "", {}), True),
    ],
)
def test_a_line_is_a_level_a_message_and_fields(text: str, said: LogEntry, is_news: bool) -> None:
    assert entry(text) == said
    assert entry(text).is_news is is_news


def test_a_round_that_did_nothing_is_no_news_in_either_form() -> None:
    assert not entry(QUIET_TOO).is_news
    assert entry(QUIET_TOO.replace('"timers": 0', '"timers": 2')).is_news
    assert entry(QUIET_TOO.replace("false", "true")).is_news
    assert entry(QUIET_TOO.replace("INFO", "WARNING")).is_news


@pytest.mark.parametrize(
    ("text", "is_one"),
    [(PLATFORM, True), ("END RequestId: 1", True), (FAILED, False), ("words", False), ("{", False)],
)
def test_lambdas_own_lines_are_known_in_both_of_its_formats(text: str, is_one: bool) -> None:
    assert is_of_the_platform(text) is is_one


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Of collect and sweep, as a minute of a laptop has them."""
    outputs = {"CollectFunction": "collect", "SweepFunction": "sweep", "SealFunction": "never-ran"}
    monkeypatch.setattr(Stack, "load", lambda stage=None: Stack(stage or "local", "", outputs))
    with pretended_aws(monkeypatch):
        written(
            "collect",
            of_collect(401, "unknown_write_key"),
            of_collect(401, "unknown_write_key"),
            of_collect(413, "too_large"),
            of_collect(400, "wrong_type", received=1.0),
            of_collect(200, received=1.0),
            FAILED,
            PLATFORM,
        )
        written("sweep", *(QUIET for _ in range(12)), TIMERS, QUIET_TOO.replace('"timers": 0', '"timers": 3'))
        yield


def written(function: str, *lines: str) -> None:
    group: Any = {"logGroupName": f"/aws/lambda/{function}"}
    boto3.client("logs").create_log_group(**group)
    boto3.client("logs").create_log_stream(**group, logStreamName="1")
    start = int((now() - timedelta(minutes=1)).timestamp() * 1000)
    events: Any = [{"timestamp": start + number, "message": line} for number, line in enumerate(lines)]
    boto3.client("logs").put_log_events(**group, logStreamName="1", logEvents=events)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(typed, ["logs", *arguments])


def test_a_line_for_each_entry_and_none_for_rounds_without_news_or_counts_said_in_words_too(
    logs: None,
) -> None:
    result = run()
    shown = result.stdout.splitlines()

    assert len([line for line in shown if "401 unknown_write_key" in line]) == 2
    assert [line for line in shown if "sweep" in line] == [line for line in shown if "  timers=3" in line]
    assert not any("sweep_behind" in line for line in shown)
    assert "ERROR   unexpected error  error=KeyError" in result.stdout
    assert "    Traceback\n" in result.stdout
    assert "_aws" not in result.stdout
    assert "platform.report" not in result.stdout
    assert "13 lines without news left out" in result.stderr


@pytest.mark.parametrize("arguments", [("sweep",), ("--all",)])
def test_a_function_that_is_named_and_all_of_them_show_every_round(
    logs: None, arguments: tuple[str, ...]
) -> None:
    result = run(*arguments)

    assert result.stdout.count("sweep_behind=0.000378") == 12
    assert "left out" not in result.stderr


def test_json_has_every_line_as_it_was_written(logs: None) -> None:
    texts = [json.loads(line)["text"] for line in run("--json").stdout.splitlines()]

    assert texts.count(QUIET) == 12
    assert of_collect(413, "too_large") in texts


def test_requests_that_left_nothing_are_counted_by_reason(logs: None) -> None:
    """The one with a verdict on an event is not among them: it is kept, and listed."""
    found = refused_requests.refused("collect", now() - timedelta(hours=1))

    assert found == ({"401 unknown_write_key": 2, "413 too_large": 1}, True)
    assert refused_in_words(found.by_reason) == (
        "requests: 401 unknown_write_key (2), 413 too_large (1). Each of them: headrace logs collect"
    )
    assert refused_in_words({}) == "no request"
    assert refused_in_words("not known: throttled") == "not known: throttled"
    assert refused_requests.refused("never-ran", now() - timedelta(hours=1)) == ({}, True)


def test_the_doctors_own_probes_are_said_to_be_the_doctors(logs: None) -> None:
    probe = of_collect(400, "malformed", doctor=True)
    written("examined", probe, of_collect(400, "malformed"), probe)

    found = refused_requests.refused("examined", now() - timedelta(hours=1))

    assert found.by_reason == {"400 malformed of headrace doctor": 2, "400 malformed": 1}


def test_a_log_without_an_end_is_counted_as_far_as_it_is_read(
    logs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = {
        "events": [{"timestamp": 1, "message": of_collect(401, "x"), "eventId": "1", "logStreamName": "1"}]
    }
    asked = []

    def endless(**arguments: Any) -> dict[str, Any]:
        asked.append(arguments.get("filterPattern"))
        return {**page, "nextToken": str(len(asked))}

    monkeypatch.setattr(client("logs"), "filter_log_events", endless)
    found = refused_requests.refused("collect", now())

    assert (found.by_reason["401 x"], found.is_all) == (refused_requests.MOST_PAGES, False)
    assert set(asked) == {refused_requests.PATTERN}
    with pytest.raises(function_logs.Unfinished):
        list(function_logs.lines("collect", now(), most_pages=1))
