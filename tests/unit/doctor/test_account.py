"""What AWS says of the account and its services, and what the doctor makes of it: each cause, and each boundary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from cli.doctor import accounts
from cli.doctor.accounts import of_email, of_identity, of_sms
from cli.doctor.examination import Examination
from cli.doctor.finding import Finding, State
from cli.doctor.services import LATE, of_concurrency, of_delivery, of_lag, of_stream
from cli.stacks import Stack
from shared.aws.providers.email_account import EmailAccount
from shared.aws.providers.sms_account import SmsAccount
from shared.aws.stack.function_states import Concurrency
from shared.aws.streams.stream_states import DeliveryState, StreamState
from shared.messaging.channels import Channel
from shared.workspace.model import Campaign, EmailSettings, Settings, Workspace
from tests.fakes.examined_stack import ExaminedStack, examination

OK, ATTENTION, BROKEN = State.OK, State.ATTENTION, State.BROKEN
DAY = timedelta(days=1)


def judged(found: Finding, state: State, words: str) -> None:
    assert (found.state, words in f"{found.detail} {found.do}") == (state, True), found
    assert bool(found.do) == (state is not OK)


@pytest.mark.parametrize(
    ("status", "state", "words"),
    [
        ("ACTIVE", OK, "2 shards, keeps 24 hours"),
        ("UPDATING", ATTENTION, "being resized"),
        ("CREATING", BROKEN, "--revert-drift"),
        ("DELETING", BROKEN, "--revert-drift"),
    ],
)
def test_the_stream(status: str, state: State, words: str) -> None:
    judged(of_stream(StreamState("arn", status, DAY, 2)), state, words)


@pytest.mark.parametrize(
    ("waited", "state", "words"),
    [
        (None, OK, "nothing was read"),
        (LATE, OK, "waited 60 s"),
        (LATE + timedelta(seconds=1), ATTENTION, "stream_shards"),
        (DAY / 2, ATTENTION, "`headrace deploy`"),
        (DAY / 2 + timedelta(seconds=1), BROKEN, "will be lost"),
    ],
)
def test_how_late_the_stream_is_read(waited: timedelta | None, state: State, words: str) -> None:
    judged(of_lag(waited, DAY), state, words)


@pytest.mark.parametrize(
    ("status", "state"),
    [("ACTIVE", OK), ("CREATING", ATTENTION), ("DELETING", BROKEN), ("CREATING_FAILED", BROKEN)],
)
def test_the_delivery_stream(status: str, state: State) -> None:
    judged(of_delivery(DeliveryState(status, timedelta(seconds=60))), state, "gathers 60 s")


@pytest.mark.parametrize(
    ("most", "unreserved", "state"),
    [
        (1000, 1000, OK),
        (1000, 100, OK),
        (1000, 99, ATTENTION),
        (100, 100, OK),
        (99, 99, ATTENTION),
        (10, 10, ATTENTION),
    ],
)
def test_lambdas_concurrency(most: int, unreserved: int, state: State) -> None:
    judged(of_concurrency(Concurrency(most, unreserved)), state, "at once")


@pytest.mark.parametrize(
    ("address", "verified", "used", "state", "words"),
    [
        (None, None, False, OK, "no campaign sends email"),
        (None, None, True, BROKEN, "settings.email.sender"),
        ("a@shop.example", True, True, OK, "SES sends from a@shop.example"),
        ("a@shop.example", False, True, BROKEN, "DNS"),
        ("a@shop.example", False, False, ATTENTION, "DNS"),
        ("a@shop.example", None, True, BROKEN, "email_identity: shop.example"),
        ("a@shop.example", None, False, ATTENTION, "email_identity: shop.example"),
    ],
)
def test_the_senders_identity(
    address: str | None, verified: bool | None, used: bool, state: State, words: str
) -> None:
    judged(of_identity(address, verified, used=used), state, words)


SOUND = EmailAccount(
    sandboxed=False, enabled=True, enforcement="HEALTHY", most_a_day=1000.0, sent_today=799.0
)


@pytest.mark.parametrize(
    ("account", "used", "state", "words"),
    [
        (SOUND, True, OK, "799 of 1000"),
        (SOUND._replace(sent_today=800.0), True, ATTENTION, "Sending quota"),
        (SOUND._replace(most_a_day=-1.0), True, OK, "without a limit"),
        (SOUND._replace(sandboxed=True), True, ATTENTION, "production access"),
        (SOUND._replace(sandboxed=True), False, OK, "sandbox"),
        (SOUND._replace(enabled=False), True, BROKEN, "stopped"),
        (SOUND._replace(enforcement="SHUTDOWN"), True, BROKEN, "stopped"),
        (SOUND._replace(enforcement="PROBATION"), True, ATTENTION, "bounces"),
        (SOUND._replace(enabled=False), False, OK, "no campaign"),
    ],
)
def test_the_account_of_ses(account: EmailAccount, used: bool, state: State, words: str) -> None:
    judged(of_email(account, used=used), state, words)


@pytest.mark.parametrize(
    ("account", "state", "words"),
    [
        (SmsAccount(False, 10.0), OK, "$10 a month"),
        (SmsAccount(False, 9.99), ATTENTION, "Account spend threshold"),
        (SmsAccount(True, 100.0), ATTENTION, "sandbox"),
    ],
)
def test_the_account_of_sns(account: SmsAccount, state: State, words: str) -> None:
    judged(of_sms(account, 10.0), state, words)


def campaign(channel: Channel) -> Campaign:
    return Campaign(id="c", name="c", event="View Item", channel=channel, template="t")


@pytest.mark.parametrize("probe", [accounts.identity, accounts.email, accounts.sms])
@pytest.mark.parametrize("stage", ["dev", "local"])
def test_of_a_channel_that_nobody_uses_nothing_is_asked(
    probe: Callable[[Examination], Finding], stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("is_verified", "email_account", "sms_account"):
        monkeypatch.setattr(accounts, name, lambda *_: pytest.fail("it was asked"))
    workspace = Workspace() if stage == "dev" else Workspace(campaigns=(campaign("sms"), campaign("email")))
    judged(probe(examined(stage, workspace)), OK, "")


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_a_channel_that_a_campaign_uses_is_asked_about(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "email_account", lambda: SOUND._replace(sandboxed=True))
    monkeypatch.setattr(accounts, "sms_account", lambda: SmsAccount(True, 1.0))
    probe = accounts.email if channel == "email" else accounts.sms
    judged(probe(examined("prod", Workspace(campaigns=(campaign(channel),)))), ATTENTION, "sandbox")


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        ("hello@shop.example", "hello@shop.example"),
        ("M\u00fcller <hello@b\u00fccher.example>", "hello@xn--bcher-kva.example"),
    ],
)
def test_the_identity_is_that_of_the_address_as_ses_takes_it(
    sender: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def is_verified(one: str) -> bool:
        asked.append(one)
        return True

    monkeypatch.setattr(accounts, "is_verified", is_verified)
    workspace = Workspace(settings=Settings(email=EmailSettings(sender=sender)))
    judged(accounts.identity(examined("prod", workspace)), OK, address)
    assert asked == [address]


def examined(stage: str, workspace: Workspace) -> Examination:
    """An account is judged by the stage and the workspace alone."""
    with examination(ExaminedStack()) as found:
        return replace(found, stack=Stack(stage, "https://x.example", {}), workspace=workspace)
