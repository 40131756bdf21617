"""What the tests of commands share: how wide they print, and an account on AWS that answers as it is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.stub import Stubber

from cli.console import WIDE, console
from shared.aws import clients


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a pipe, whatever terminal the tests run in: xdist tells its workers the width of its own, and a line that
    is broken elsewhere fails a test."""
    monkeypatch.setattr(console, "width", WIDE)


@pytest.fixture
def cloudformation(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """CloudFormation of an account whose identity is asked once; a test says what it answers; all of it is asked."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    clients.forget()
    caller = {"Account": "123456789012", "Arn": "arn:aws:sts::123456789012:user/ann", "UserId": "ann"}
    with Stubber(clients.client("cloudformation")) as answers, Stubber(clients.client("sts")) as identity:
        identity.add_response("get_caller_identity", caller, {})
        yield answers
        answers.assert_no_pending_responses()
    clients.forget()
