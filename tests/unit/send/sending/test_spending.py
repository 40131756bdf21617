"""The money of a day, and what an SMS takes of it."""

from __future__ import annotations

from datetime import timedelta

from shared.messaging.messages import Status, Why
from shared.workspace.model import SmsSettings
from tests.unit.send.sending.one_message import stage


def test_the_days_money_is_not_overspent() -> None:
    made = stage("sms")
    made.reconfigure(sms=SmsSettings(allowed_prefixes=("+1",), daily_spend_usd=0.02, price_usd=0.01))
    for number in range(3):
        made.queue(event_id=f"e{number}")
    made.invoke()

    assert [one.status for one in made.messages.items.values()] == [Status.SENT, Status.SENT, Status.SKIPPED]
    last = list(made.messages.items.values())[-1]
    assert (last.reason, last.to) == (Why.SPEND_CAP_REACHED, "+15550100123")
    assert len(made.sms.sent) == 2
    made.later(timedelta(days=1))
    made.queue(event_id="e4")
    made.invoke()
    assert len(made.sms.sent) == 3


def test_a_long_sms_costs_as_much_as_its_parts() -> None:
    made = stage("sms")
    made.queue(currency="x" * 200)
    made.invoke()

    assert made.messages.spent == {"sms 2026-11-21": 20_000}
