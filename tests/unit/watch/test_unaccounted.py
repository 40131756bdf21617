"""watch looks for records of which no log line says anything, in a bounded part of the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import orjson
import pytest

from functions.watch import unaccounted as watched
from functions.watch.unaccounted import EVERY, SETTLED, unaccounted
from shared.aws.stack import function_logs
from shared.failures import Unavailable
from shared.ledger import places
from shared.ledger.lines import hour_of, of_process
from shared.ledger.outcomes import Outcome, Portion
from shared.ledger.places import Place
from tests.fakes.pretended_aws import pretended_aws

NOW = datetime.now(UTC).replace(second=30, microsecond=0)
BEGIN = datetime.fromtimestamp(NOW.timestamp() // 300 * 300, UTC) - SETTLED - EVERY
FUNCTIONS = {"collect": "c", "process": "p"}


@pytest.fixture(autouse=True)
def logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with pretended_aws(monkeypatch):
        for name in FUNCTIONS.values():
            boto3.client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
            boto3.client("logs").create_log_stream(logGroupName=f"/aws/lambda/{name}", logStreamName="s")
        yield


def write(function: str, seconds: float, said: dict[str, object]) -> None:
    at = BEGIN + timedelta(seconds=seconds)
    event: Any = {"timestamp": int(at.timestamp() * 1000), "message": orjson.dumps(said).decode()}
    boto3.client("logs").put_log_events(
        logGroupName=f"/aws/lambda/{function}", logStreamName="s", logEvents=[event]
    )


def put(number: int, seconds: float) -> None:
    counts = {f"collect_{name}": [1.0] for name in ("requests", "received", "accepted")}
    rest = {
        "collect_rejected": [0.0],
        "status": 200,
        "source": "shop",
        "put": places.written([Place(0, number)]),
    }
    write("c", seconds, counts | rest)


def fold(number: int, seconds: float, *, again: bool = False) -> None:
    outcome = Outcome(number, 1, () if again else (Portion(folded=1, rows=1),), comes_again=again)
    write("p", seconds, {"ledger": of_process(0, {("shop", hour_of(BEGIN)): [outcome]}, {})[0]})


def missing() -> list[int]:
    return [one.place.number for one in unaccounted(FUNCTIONS, NOW)]


def test_where_everything_is_accounted_for_nothing_is_missing() -> None:
    put(1, 10)
    fold(1, 12)

    assert missing() == []


def test_a_record_that_nobody_speaks_of_is_missing() -> None:
    for number, seconds in ((1, 10), (2, 11)):
        put(number, seconds)
    fold(2, 12)

    assert missing() == [1]


def test_a_record_that_was_done_late_is_not_missing() -> None:
    put(1, 10)
    put(2, 11)
    fold(2, 12)
    fold(1, 800)

    assert missing() == []


def test_a_record_that_comes_again_is_not_missing() -> None:
    put(1, 10)
    put(2, 11)
    fold(2, 12)
    fold(1, 12, again=True)

    assert missing() == []


@pytest.mark.parametrize(("seconds", "is_looked_at"), [(-1, False), (1, True), (299, True), (301, False)])
def test_each_look_takes_its_own_five_minutes(seconds: float, is_looked_at: bool) -> None:
    put(1, seconds)
    put(2, 150)
    put(3, 300)
    fold(2, 310)
    fold(3, 310)
    found = unaccounted(FUNCTIONS, NOW)

    assert ([one.place.number for one in found] == [1]) is is_looked_at


def test_nothing_was_put_and_nobody_asks_what_became_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    fold(9, 10)

    assert missing() == []


def test_what_is_more_than_may_be_read_is_a_sample_of_what_was_put(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "PAGES_PUT", 1)
    lines = [function_logs.LogLine(str(number), "c", BEGIN, "{}") for number in range(3)]

    def more(*_: object, **__: object) -> Iterator[function_logs.LogLine]:
        yield from lines
        raise function_logs.Unfinished("c wrote more than 1 page")

    monkeypatch.setattr(function_logs, "lines", more)

    assert missing() == []


def test_where_the_log_of_process_is_too_long_nothing_is_said_of_any_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put(1, 10)
    read = function_logs.lines

    def more(function: str, *of: object, **how: object) -> Iterator[function_logs.LogLine]:
        if function == "p":
            raise function_logs.Unfinished("p wrote more than 60 pages")
        yield from read(function, *of, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(function_logs, "lines", more)

    with pytest.raises(Unavailable):
        unaccounted(FUNCTIONS, NOW)
