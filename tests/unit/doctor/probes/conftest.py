"""Probes that wait for nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cli.doctor import stages
from shared.aws.streams.stream_states import DeliveryState


@pytest.fixture(autouse=True)
def no_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Firehose is there and gathers nothing; what does not come is not waited for as long as on AWS."""
    monkeypatch.setattr(stages, "delivery_state", lambda _name: DeliveryState("ACTIVE", timedelta()))
    monkeypatch.setattr(stages, "MESSAGE_SECONDS", 0.5)
