"""Lambda's Invoke: a function by its name, called in this process.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from simulation.aws.calls import Answer, AwsError, Call, unknown_operation

Function = Callable[[Any], Any]
"""Payload in, result out."""


class Functions:
    """`shared.aws.stack.invocations` asks it. What a function raises becomes Lambda's report."""

    def __init__(self) -> None:
        self.by_name: dict[str, Function] = {}

    def answer(self, call: Call) -> Answer:
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
        return {"status": 200, "headers": {}, "body": orjson.dumps(result)}
