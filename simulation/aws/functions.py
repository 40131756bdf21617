"""Lambda: functions by their names, called in this process, and the list of their event sources.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import orjson

from simulation.aws.calls import Answer, AwsError, Call, arn, only, unknown_operation

Function = Callable[[Any], Any]
"""Payload in, result out."""


class Mapping(NamedTuple):
    """An event source of a function, as Lambda lists it. `result` is its text for the last batch, such as `OK`."""

    id: str
    source_arn: str
    function: str
    state: str = "Enabled"
    result: str = "No records processed"


class Functions:
    """`shared.aws.stack.invocations` and `event_sources` ask it. What a function raises becomes Lambda's report."""

    def __init__(self) -> None:
        self.by_name: dict[str, Function] = {}
        self.mappings: list[Mapping] = []

    def answer(self, call: Call) -> Answer:
        if call.operation == "ListEventSourceMappings":
            only(call, frozenset())
            return _whole({"EventSourceMappings": list(map(_listed, self.mappings))})
        if call.operation != "Invoke":
            raise unknown_operation(call)
        name = call.asked["FunctionName"]
        short = name.partition(":function:")[2].partition(":")[0] or name.partition(":")[0]
        function = self.by_name.get(short)
        if function is None:
            raise AwsError("ResourceNotFoundException", f"Function not found: {name}", 404)
        try:
            result = function(orjson.loads(call.asked["Payload"] or b"null"))
        except Exception as error:  # noqa: BLE001  it is reported to whoever called, as Lambda does
            report = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return {
                "status": 200,
                "headers": {"X-Amz-Function-Error": "Unhandled"},
                "body": orjson.dumps(report),
            }
        return _whole(result)


def _whole(said: Any) -> Answer:
    return {"status": 200, "headers": {}, "body": orjson.dumps(said)}


def _listed(mapping: Mapping) -> dict[str, str]:
    return {
        "UUID": mapping.id,
        "EventSourceArn": mapping.source_arn,
        "FunctionArn": arn("lambda", f"function:{mapping.function}"),
        "State": mapping.state,
        "LastProcessingResult": mapping.result,
    }
