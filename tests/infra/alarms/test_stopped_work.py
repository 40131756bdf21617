"""The consumer of the stream is watched from outside: what stands still says nothing itself."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from infra.settings.bounds import MOST_WINDOW_SECONDS
from tests.infra.template import Template

Alarm = dict[str, Any]


def stopped(template: Template) -> dict[str, Alarm]:
    """The alarms that hold what went in against what came out, by their names without the stack's."""
    prefix = f"headrace-{template.settings.stage}-"
    return {
        alarm["AlarmName"].removeprefix(prefix): alarm
        for alarm in template.properties("AWS::CloudWatch::Alarm").values()
        if {one["Id"] for one in alarm.get("Metrics", [])} >= {"work", "taken"}
    }


def metric(alarm: Alarm, id_: str) -> dict[str, Any]:
    (found,) = [one["MetricStat"] for one in alarm["Metrics"] if one["Id"] == id_]
    return {
        "name": f"{found['Metric']['Namespace']} {found['Metric']['MetricName']} {found['Stat']}",
        "of": {one["Name"]: one["Value"] for one in found["Metric"]["Dimensions"]},
        "period": found["Period"],
    }


def minutes(alarm: Alarm) -> tuple[int, int, int]:
    """The length of a period, and in how many of how many."""
    (period,) = {metric(alarm, id_)["period"] // 60 for id_ in ("work", "taken")}
    return period, alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]


def test_what_comes_into_the_stream_is_held_against_calls_with_it(on_aws: Template) -> None:
    """A consumer that is disabled, or without the permission to read: Lambda then says no age of what waits."""
    alarm = stopped(on_aws)["EventsNotTaken"]
    function, _ = on_aws.function("process")
    (stream,) = on_aws.all("AWS::Kinesis::Stream")

    assert metric(alarm, "work")["name"] == "AWS/Kinesis IncomingRecords Sum"
    assert metric(alarm, "work")["of"] == {"StreamName": {"Ref": stream}}
    assert metric(alarm, "taken")["name"] == "AWS/Lambda Invocations Sum"
    assert metric(alarm, "taken")["of"] == {"FunctionName": {"Ref": function}}


class Reading(NamedTuple):
    """How CloudWatch may read a value that is missing; it documents that comparisons take it for 0."""

    comparisons_take_it_for_0: bool
    sums_leave_it_out: bool


class Value:
    """Of one period of a series; None where it has none."""

    def __init__(self, value: float | None, reading: Reading) -> None:
        self.value, self.reading = value, reading

    def __mul__(self, factor: int) -> Value:
        return Value(None if self.value is None else self.value * factor, self.reading)

    __rmul__ = __mul__

    def __gt__(self, other: Value) -> Value:
        values = [self.value, other.value]
        if values == [None, None] or (None in values and not self.reading.comparisons_take_it_for_0):
            return Value(None, self.reading)
        return Value((self.value or 0) > (other.value or 0), self.reading)

    @staticmethod
    def sum(values: list[Value]) -> Value:
        reading = values[0].reading
        said = [one.value for one in values if one.value is not None]
        is_missing = not said or (len(said) < len(values) and not reading.sums_leave_it_out)
        return Value(None if is_missing else sum(said), reading)


READINGS = [Reading(True, True), Reading(True, False), Reading(False, True)]


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize(
    ("work", "taken", "raised"),
    [
        (0, 0, 0), (0, 7, 0), (0, None, 0), (None, None, None), (1, 0, 1), (1, None, 1), (10**8, None, 1),
        (1, 1, 0), (500, 1, 0), (10**8, 1, 0),
    ],
)  # fmt: skip
def test_it_is_raised_by_work_of_which_nothing_is_taken(
    prod: Template, reading: Reading, work: int | None, taken: int | None, raised: int | None
) -> None:
    """Who is not called has no value at all, in no period: whichever way CloudWatch reads that, it is nothing."""
    for alarm in stopped(prod).values():
        (expression,) = [one["Expression"] for one in alarm["Metrics"] if "Expression" in one]
        functions = {
            "IF": lambda test, yes, no: None if test.value is None else yes if test.value else no,
            "SUM": Value.sum,
        }
        values = {"work": Value(work, reading), "taken": Value(taken, reading)}
        said = eval(expression, {"__builtins__": {}}, {**values, **functions})

        assert said == raised
        assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
        assert alarm["TreatMissingData"] == "notBreaching", "without work there is nothing to say"


def test_a_batch_that_is_gathered_for_as_long_as_may_be_raises_nothing(prod: Template) -> None:
    """Two periods in a row, none shorter than a batch may be gathered: the first one's is taken in the second."""
    (alarm,) = stopped(prod).values()
    period, breaching, watched = minutes(alarm)
    assert period * 60 >= MOST_WINDOW_SECONDS
    assert breaching == watched == 2
