"""What each channel knows of its own: addresses, SMS segments, signatures, the stack's names."""

from __future__ import annotations

import hashlib
import hmac
import os

import pytest

from functions.send.channels.webhook import signature
from functions.send.environment import Environment
from functions.send.outgoing_secrets import OutgoingSecrets
from shared.failures import Unavailable
from shared.messaging.sms_length import segments
from simulation.ports.secrets import FakeSecrets
from tests.fakes.send_stage import SendStage


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("x" * 160, 1), ("x" * 161, 2), ("x" * 306, 2), ("x" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("ж" * 70, 1), ("ж" * 71, 2), ("😀" * 35, 1), ("😀" * 36, 2),
    ],
)  # fmt: skip
def test_an_sms_is_counted_in_the_parts_that_are_billed(text: str, count: int) -> None:
    assert segments(text) == count


def test_a_webhook_is_signed_over_its_time_and_its_body() -> None:
    stage = SendStage("webhook")
    stage.person()
    stage.queue()
    stage.invoke()

    ((_, body, headers),) = stage.webhook.posted
    timestamp = headers["Headrace-Timestamp"]
    assert timestamp == str(int(stage.now.timestamp()))
    expected = hmac.new(b"s3cret", timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["Headrace-Signature"] == f"v1={expected}"
    assert signature("other", timestamp, body) != headers["Headrace-Signature"]


def test_signing_secrets_are_read_once_a_minute() -> None:
    stored, seconds = FakeSecrets({"webhooks": {"crm": "old"}}), [0.0]
    secrets = OutgoingSecrets(stored, ("webhooks",), lambda: seconds[0])

    assert secrets.of("crm") == "old"
    stored.value = {"webhooks": {"crm": "new"}}
    seconds[0] = 59.0
    assert (secrets.of("crm"), stored.reads) == ("old", 1)
    seconds[0] = 60.0
    assert (secrets.of("crm"), stored.reads) == ("new", 2)


def test_a_webhook_applied_a_moment_ago_is_signed_at_once() -> None:
    stored = FakeSecrets({"webhooks": {"crm": "old"}})
    secrets = OutgoingSecrets(stored, ("webhooks",), lambda: 0.0)
    secrets.of("crm")

    stored.value = {"webhooks": {"crm": "old", "erp": "new"}}

    assert secrets.of("erp") == "new"


def test_a_webhook_without_a_secret_is_looked_for_once_a_second() -> None:
    stored, seconds = FakeSecrets({"webhooks": {"crm": "old"}}), [0.0]
    secrets = OutgoingSecrets(stored, ("webhooks",), lambda: seconds[0])

    assert [secrets.of("erp") for _ in range(5)] == [None] * 5
    assert stored.reads == 1
    stored.value = {"webhooks": {"erp": "new"}}
    seconds[0] = 1.0
    assert (secrets.of("erp"), stored.reads) == ("new", 2)


def test_while_the_secrets_cannot_be_read_no_webhook_counts_as_having_none() -> None:
    stored = FakeSecrets({"webhooks": {"crm": "old"}})
    secrets = OutgoingSecrets(stored, ("webhooks",), lambda: 0.0)
    secrets.of("crm")
    stored.failing = True

    with pytest.raises(Unavailable):
        secrets.of("erp")


@pytest.mark.parametrize(
    "value", [{}, {"webhooks": None}, {"webhooks": {"crm": ""}}, {"webhooks": {"crm": 5}}]
)
def test_a_secret_that_is_not_there_is_none(value: dict[str, object]) -> None:
    assert OutgoingSecrets(FakeSecrets(value), ("webhooks",), lambda: 0.0).of("crm") is None


NAMES = {
    "QUEUE": "push", "STREAM_NAME": "s", "PROFILES_TABLE": "p", "MESSAGES_TABLE": "m", "WORKSPACE_TABLE": "w",
    "WORKSPACE_BUCKET": "b", "OUTGOING_SECRET_ARN": "a", "QUEUE_URL": "q", "DEAD_LETTERS_URL": "d", "CONCURRENCY": "20",
}  # fmt: skip


def test_the_stacks_names_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NAMES.items():
        monkeypatch.setenv(name, value)
    for absent in (
        "ALLOW_PRIVATE_WEBHOOKS",
        "MESSAGES_PER_SECOND",
        "MESSAGE_LOG_DAYS",
    ):
        monkeypatch.delenv(absent, raising=False)

    read = Environment.read(os.environ)
    assert read.allow_private_webhooks is False
    assert (read.messages_per_second, read.message_log_days) == (None, None)

    monkeypatch.setenv("MESSAGES_PER_SECOND", "0.5")
    monkeypatch.setenv("MESSAGE_LOG_DAYS", "400")
    read = Environment.read(os.environ)
    assert (read.messages_per_second, read.message_log_days) == (0.5, 400)

    monkeypatch.setenv("ALLOW_PRIVATE_WEBHOOKS", "true")
    read = Environment.read(os.environ)
    assert (read.queue, read.allow_private_webhooks) == ("push", True)


def test_a_queue_that_does_not_exist_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**NAMES, "QUEUE": "fax"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match="fax"):
        Environment.read(os.environ)
