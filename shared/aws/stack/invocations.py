"""Call a function of the stack and wait for its answer."""

from __future__ import annotations

from typing import Any

import orjson

from shared.aws.clients import client, unavailable_when_failing


class FunctionFailed(Exception):
    """The function raised an error or timed out. The text is Lambda's report; `kind` is the name of the error."""

    def __init__(self, kind: str, message: object) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


def invoke(function: str, payload: dict[str, Any]) -> Any:
    """Call the function and return its result. Raises Unavailable if it cannot be called, FunctionFailed if it
    fails."""
    with unavailable_when_failing():
        answer = client("lambda").invoke(FunctionName=function, Payload=orjson.dumps(payload))
        returned = orjson.loads(answer["Payload"].read() or b"null")
    if answer.get("FunctionError"):
        report = returned if isinstance(returned, dict) else {}
        raise FunctionFailed(report.get("errorType", "error"), report.get("errorMessage", returned))
    return returned
