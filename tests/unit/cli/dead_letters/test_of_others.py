"""Of what is none of Headrace's, the advice is to discard it, and who may have put it there."""

from __future__ import annotations

import base64
import json

import pytest

from cli.dead_letters.causes import Cause, cause_of
from cli.dead_letters.places import Holds, Place
from shared.aws.queues.dead_letter_queues import DeadLetter
from tests.unit.cli.dead_letters.account import NOW, message_requested


def cause(holds: Holds, body: str) -> Cause:
    return cause_of(Place(("x",), holds, "url"), DeadLetter("id", "handle", body, NOW))


def of_process(data: bytes, error: str = "ValidationError") -> str:
    return json.dumps({"key": "k", "error": error, "data": base64.b64encode(data).decode()})


@pytest.mark.parametrize("data", [b"hello", b"{}", b"[]", b"\xff", b""])
def test_a_record_of_somebody_else_is_to_be_discarded(data: bytes) -> None:
    found = cause(Holds.RECORDS, of_process(data))

    assert found.name == "ValidationError"
    assert found.to_do.startswith("Discard it")
    assert "kinesis:PutRecords" in found.to_do


def test_what_process_could_not_save_is_never_taken_for_somebody_elses() -> None:
    assert cause(Holds.RECORDS, of_process(b"hello", "VersionConflict")).to_do == "Retry."


@pytest.mark.parametrize("body", ["{}", "not json", '{"detail": {"id": "m"}}', '{"detail": 7}'])
def test_what_is_no_request_for_a_message_is_to_be_discarded(body: str) -> None:
    assert cause(Holds.MESSAGES, body).to_do.startswith("Discard it")


def test_a_request_for_a_message_is_to_be_retried() -> None:
    assert cause(Holds.MESSAGES, message_requested(number=1)).name == "SendFailed"
