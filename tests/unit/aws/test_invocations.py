"""Calling a function: its answer, its failure, and Lambda's own."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from shared.aws import clients
from shared.aws.stack.invocations import FunctionFailed, invoke
from shared.failures import Unavailable


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    clients.forget()
    with Stubber(clients.client("lambda")) as stubber:
        yield stubber
    clients.forget()


def answer(stubber: Stubber, payload: bytes, **fields: Any) -> None:
    body = StreamingBody(io.BytesIO(payload), len(payload))
    asked = {"FunctionName": "replay", "Payload": b'{"events":["e1"]}'}
    stubber.add_response("invoke", {"StatusCode": 200, "Payload": body, **fields}, asked)


def test_what_the_function_returns_is_returned(function: Stubber) -> None:
    answer(function, b'{"replayed": 1}')

    assert invoke("replay", {"events": ["e1"]}) == {"replayed": 1}


def test_a_function_that_raises_has_failed(function: Stubber) -> None:
    raised = b'{"errorType": "KeyError", "errorMessage": "events"}'
    answer(function, raised, FunctionError="Unhandled")

    with pytest.raises(FunctionFailed, match="KeyError: events") as caught:
        invoke("replay", {"events": ["e1"]})
    assert caught.value.kind == "KeyError"


def test_a_function_that_cannot_be_called_is_unavailable(function: Stubber) -> None:
    function.add_client_error("invoke", "ResourceNotFoundException", http_status_code=404)

    with pytest.raises(Unavailable, match="ResourceNotFound"):
        invoke("replay", {"events": ["e1"]})
