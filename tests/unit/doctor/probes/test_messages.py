"""The message that the doctor sends, and what became of it."""

from __future__ import annotations

import pytest

from cli.doctor import stages
from cli.doctor.finding import State
from cli.doctor.registry import probes
from shared.doctor import MAILBOX
from shared.messaging.messages import Status, Why
from shared.messaging.providers import ProviderRefused
from shared.workspace.model import Campaign
from tests.fakes.collect_stage import SHOP
from tests.fakes.examined_stack import ExaminedStack, examination
from tests.unit.doctor.probes.planted import found_by


def test_a_message_that_the_provider_refuses_is_broken_and_says_why() -> None:
    stack = ExaminedStack()
    stack.send.email.failures.append(ProviderRefused(Why.PROVIDER_REFUSED, "address not verified"))
    found = found_by("message", stack)
    assert found.state is State.BROKEN
    assert "provider_refused" in found.detail
    assert "address not verified" in found.detail


@pytest.mark.parametrize(
    ("status", "reason", "state"),
    [
        (Status.WAITING, Why.RATE_LIMITED, State.ATTENTION),
        (Status.WAITING, Why.PROVIDER_UNAVAILABLE, State.ATTENTION),
        (Status.REQUESTED, None, State.ATTENTION),
        (Status.DELIVERED, None, State.OK),
        (Status.SKIPPED, Why.CONSENT_WITHDRAWN, State.BROKEN),
        (Status.UNCERTAIN, Why.OUTCOME_UNKNOWN, State.BROKEN),
    ],
)
def test_what_became_of_the_message(status: Status, reason: Why | None, state: State) -> None:
    stack = ExaminedStack()
    with examination(stack) as examined:
        stages.message(examined)
        [sent] = stack.send.messages.items.values()
        assert stages._became(sent._replace(status=status, reason=reason)).state is state


def test_without_a_sender_no_message_is_tried() -> None:
    stack = ExaminedStack(sender=None)
    found = found_by("message", stack)
    assert (found.state, "not tried" in found.detail, stack.send.email.sent) == (State.OK, True, [])


def test_campaigns_by_email_without_a_sender_are_broken() -> None:
    campaign = Campaign(id="c", name="c", event="View Item", channel="email", template="t")
    stack = ExaminedStack(SHOP.model_copy(update={"campaigns": (campaign,)}), sender=None)
    found = found_by("message", stack)
    assert (found.state, "settings.email.sender" in found.do) == (State.BROKEN, True)


def test_the_message_goes_to_the_simulator_and_is_left_out_on_request() -> None:
    stack = ExaminedStack()
    found_by("message", stack)
    assert [email.to for email in stack.send.email.sent] == [MAILBOX]
    assert "message" not in {probe.name for probe in probes(with_message=False)}
