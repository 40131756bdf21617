"""A queue of the laptop is found though AWS's APIs moved to another port since it was made."""

from __future__ import annotations

import pytest
from ministack.services import sqs

from cli.emulator.corrections import keep_addresses_of_queues


def test_a_queue_keeps_its_url_when_the_port_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqs, "_queue_url", sqs._queue_url)
    monkeypatch.setattr(sqs, "_queue_name_to_url", {})
    keep_addresses_of_queues()
    monkeypatch.setattr(sqs, "DEFAULT_PORT", "4567")
    made = sqs._queue_url("rows")
    sqs._queue_name_to_url["rows"] = made

    monkeypatch.setattr(sqs, "DEFAULT_PORT", "4566")

    assert made == "http://localhost:4567/000000000000/rows"
    assert sqs._queue_url("rows") == made
    assert sqs._queue_url("another") == "http://localhost:4566/000000000000/another"
