"""S3's lifecycle and pages, Firehose, Secrets Manager, SES, SNS and Lambda, as the adapters meet them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.aws.clients import client
from shared.aws.providers.email import SesEmail, sending_quota
from shared.aws.providers.email_account import email_account, is_verified
from shared.aws.providers.push import SnsPush
from shared.aws.providers.sms import SnsSms
from shared.aws.providers.sms_account import SmsAccount, sms_account
from shared.aws.queues import given_up
from shared.aws.secrets import StackSecret
from shared.aws.stack.event_sources import EventSource, event_sources
from shared.aws.stack.function_logs import Unfinished, lines
from shared.aws.stack.invocations import FunctionFailed, invoke
from shared.aws.streams.delivery import FirehoseDelivery
from shared.aws.streams.stream_states import delivery_state, stream_state
from shared.messaging.messages import Why
from shared.messaging.providers import (
    Email,
    Notification,
    ProviderClosed,
    ProviderRefused,
    ProviderThrottled,
    Sms,
)
from simulation.aws.account import Account
from simulation.aws.behaviour import Behaviour
from simulation.aws.calls import Failure
from simulation.aws.functions import Mapping
from tests.unit.simulation.aws.conftest import Making, Meddling, StillClock

EMAIL = Email(
    sender="Shop <hi@shop.example>", to="ann@example.com", subject="Hi", text="Hi", html=None, message="m#1",
    campaign="c",
)  # fmt: skip
SMS = Sms(to="+15550100123", text="Hi", type="promotional", sender_id="SHOP", sender_number=None)


def test_the_log_of_a_function_is_read_by_time_and_a_page_at_a_time(
    account: Account, clock: StillClock
) -> None:
    now = int(clock.now().timestamp() * 1000)
    account.logs.write("collect", now - 1000, ["before"])
    account.logs.write("collect", now, [f"{number} {'x' * 1000}" for number in range(2500)])
    account.logs.write("collect", now + 1000, ["last", "after"])
    read = list(lines("collect", clock.now(), until=clock.now()))
    assert [int(line.text.split()[0]) for line in read] == list(range(2500))
    assert {line.at for line in read} == {clock.now()}
    assert [line.text for line in lines("collect", clock.now() + timedelta(seconds=1))] == ["last", "after"]
    assert not list(lines("send", clock.now()))
    with pytest.raises(Unfinished):
        list(lines("collect", clock.now(), most_pages=2))


@pytest.mark.parametrize(("days", "is_there"), [(0, True), (30.49, True), (30.5, False)])
def test_an_object_expires_at_the_midnight_after_so_many_days(
    account: Account, clock: StillClock, days: float, is_there: bool
) -> None:
    bucket = account.s3.create("bucket", expires={"tmp/": 30})
    for key in ("tmp/a", "kept"):
        client("s3").put_object(Bucket="bucket", Key=key, Body=b"x")
    clock.pass_(days=days)
    assert sorted(bucket.objects) == ["kept", "tmp/a"][: 1 + is_there]
    assert (bucket.found("tmp/a") is not None) is is_there


def test_objects_are_listed_a_thousand_at_a_time_with_names_of_any_kind(account: Account) -> None:
    bucket = account.s3.create("bucket")
    names = sorted([*(f"k{number:04}" for number in range(2500)), "a b/ü&<>+%"])
    for name in names:
        bucket.put(name, b"x")
    assert [one.key for one in given_up.batches("bucket")] == names
    pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket="bucket", Prefix="k2")
    assert sum(len(page["Contents"]) for page in pages) == 500


def test_a_large_object_comes_back_as_it_was_written(account: Account) -> None:
    account.s3.create("bucket")
    body = bytes(range(256)) * 20_000
    written = client("s3").put_object(Bucket="bucket", Key="k", Body=body)
    assert client("s3").get_object(Bucket="bucket", Key="k")["Body"].read() == body
    again = client("s3").put_object(Bucket="bucket", Key="k", Body=b"2", IfMatch=written["ETag"])
    with pytest.raises(ClientError, match="PreconditionFailed"):
        client("s3").put_object(Bucket="bucket", Key="k", Body=b"3", IfMatch=written["ETag"])
    assert client("s3").head_object(Bucket="bucket", Key="k")["ETag"] == again["ETag"]
    client("s3").delete_object(Bucket="bucket", Key="k")
    with pytest.raises(ClientError, match="404"):
        client("s3").head_object(Bucket="bucket", Key="k")


def test_firehose_names_the_records_it_did_not_take(account: Account, meddling: Meddling) -> None:
    stream = account.firehose.create("lake", gathers=60)
    meddling.untaken = {0}
    assert FirehoseDelivery(stream="lake", pause=lambda _: None).put(
        [b'{"a":1}\n', b'{"a":2}\n{"a":3}\n']
    ) == [0]
    assert stream.rows() == [{"a": 2}, {"a": 3}]
    assert delivery_state("lake").gathers == timedelta(seconds=60)


def test_firehose_may_write_a_record_twice(make: Making) -> None:
    stream = make(Behaviour(twice=0.5)).firehose.create("lake")
    FirehoseDelivery(stream="lake").put([b"{}\n"] * 20)
    assert 20 < len(stream.records) < 40


def test_a_stream_says_its_state(account: Account) -> None:
    account.kinesis.create("s", shards=3, retention=timedelta(hours=48)).split("shardId-000000000000")
    state = stream_state("s")
    assert (state.status, state.retention, state.shards) == ("ACTIVE", timedelta(hours=48), 4)


def test_a_secret_whose_answer_was_lost_is_written_once(account: Account, meddling: Meddling) -> None:
    arn = account.secrets.create("s", '{"a":1}')
    meddling.afters = [Failure("InternalServiceError", 500)]
    StackSecret(arn).write({"a": 2}, instead_of={"a": 1})
    meddling.afters = []
    assert account.secrets.current("s") == '{"a":2}'
    found = client("secretsmanager").get_secret_value(SecretId="s", VersionStage="AWSPREVIOUS")
    assert found["SecretString"] == '{"a":1}'


@pytest.fixture
def ses(account: Account) -> Account:
    account.ses.identities.add("shop.example")
    return account


def test_an_email_is_sent_from_a_verified_domain_or_one_below_it(ses: Account) -> None:
    SesEmail().send(EMAIL)
    SesEmail().send(EMAIL._replace(sender="hi@mail.shop.example"))
    with pytest.raises(ProviderRefused, match="not verified"):
        SesEmail().send(EMAIL._replace(sender="hi@other.example"))
    assert [(one.to, one.message) for one in ses.ses.sent] == [("ann@example.com", "m_1")] * 2
    assert (is_verified("hi@shop.example"), is_verified("hi@other.example")) == (True, None)


def test_a_sandbox_sends_to_verified_receivers_only(ses: Account) -> None:
    ses.ses.sandboxed = True
    with pytest.raises(ProviderRefused, match="not verified"):
        SesEmail().send(EMAIL)
    ses.ses.identities.add("ann@example.com")
    SesEmail().send(EMAIL)


def test_an_account_sends_so_many_a_second_and_a_day(ses: Account, clock: StillClock) -> None:
    ses.ses.per_second, ses.ses.per_day = 2, 3
    for _ in range(2):
        SesEmail().send(EMAIL)
    with pytest.raises(ProviderThrottled):
        SesEmail().send(EMAIL)
    clock.pass_(seconds=1)
    SesEmail().send(EMAIL)
    clock.pass_(seconds=1)
    assert sending_quota().used_up
    with pytest.raises(ProviderThrottled):
        SesEmail().send(EMAIL)
    clock.pass_(hours=24)
    SesEmail().send(EMAIL)
    assert len(ses.ses.sent) == 4


def test_an_account_that_is_paused_or_suspended_sends_nothing(ses: Account) -> None:
    ses.ses.enabled = False
    with pytest.raises(ProviderClosed):
        SesEmail().send(EMAIL)
    ses.ses.enforcement = "SHUTDOWN"
    with pytest.raises(ProviderClosed):
        SesEmail().send(EMAIL)
    assert (email_account().enabled, email_account().enforcement) == (False, "SHUTDOWN")


def test_a_failure_on_command_comes_once(ses: Account) -> None:
    ses.ses.fail.append(Failure("TooManyRequestsException", 429))
    with pytest.raises(ProviderThrottled):
        SesEmail().send(EMAIL)
    SesEmail().send(EMAIL)


def test_a_text_is_sent_with_its_attributes(account: Account) -> None:
    SnsSms().send(SMS)
    [sent] = account.sns.texts
    assert (sent.to, sent.text) == (SMS.to, "Hi")
    assert sent.attributes == {"AWS.SNS.SMS.SMSType": "Promotional", "AWS.SNS.SMS.SenderID": "SHOP"}
    assert sms_account() == SmsAccount(sandboxed=False, month_usd=100.0)


def test_a_number_that_is_none_or_has_opted_out_gets_no_text(account: Account) -> None:
    account.sns.opted_out.add(SMS.to)
    for to, why in ((SMS.to, Why.ADDRESS_NOT_REACHABLE), ("12", Why.ADDRESS_NOT_VALID)):
        with pytest.raises(ProviderRefused) as refused:
            SnsSms().send(SMS._replace(to=to))
        assert refused.value.why is why
    assert account.sns.texts == []


def test_a_token_that_was_disabled_is_not_reachable_until_it_is_forgotten(account: Account) -> None:
    push = SnsPush({"android": account.sns.application("app")})
    note = Notification(title="Hi", text="Hi", message="m1")
    push.send(platform="android", token="t", notification=note)
    account.sns.disable("t")
    with pytest.raises(ProviderRefused) as refused:
        push.send(platform="android", token="t", notification=note)
    assert refused.value.why is Why.ADDRESS_NOT_REACHABLE
    push.forget(platform="android", token="t")
    push.send(platform="android", token="t", notification=note)
    assert [one.token for one in account.sns.pushes] == ["t", "t"]
    assert len(account.sns.endpoints) == 1


def test_a_function_is_called_by_its_name_or_arn_and_its_error_is_reported(account: Account) -> None:
    def double(payload: Any) -> Any:
        if "n" not in payload:
            raise KeyError("n")
        return {"n": 2 * payload["n"]}

    account.invocations["double"] = double
    arn = "arn:aws:lambda:us-east-1:123456789012:function:double:live"
    assert invoke("double", {"n": 2}) == invoke(arn, {"n": 2}) == {"n": 4}
    with pytest.raises(FunctionFailed, match="KeyError"):
        invoke("double", {})
    with pytest.raises(Exception, match="Function not found"):
        invoke("other", {})


def test_event_sources_are_listed_as_the_command_reads_them(account: Account) -> None:
    stream = account.kinesis.create("s")
    account.functions.mappings.append(Mapping("id", stream.arn, "process:live", "Disabled", "OK"))
    assert event_sources(["process"]) == [EventSource("process", "kinesis", "Disabled", "OK", "id")]
