"""What is asked of an account and its services: on moto where it has them, else stubbed call by call."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.stub import Stubber

from shared.aws import clients
from shared.aws.clients import client
from shared.aws.providers.email_account import EmailAccount, email_account, identities_of, is_verified
from shared.aws.providers.sms_account import SmsAccount, sms_account
from shared.aws.queues.put_aside import dead_letters, given_up
from shared.aws.queues.queue_state import QueueState, state
from shared.aws.stack.event_sources import EventSource, event_sources
from shared.aws.stack.function_states import Concurrency, concurrency, oldest_record
from shared.aws.stack.rules import DEFAULT_BUS, Rule, Target, rules
from shared.aws.streams.stream_states import delivery_state, stream_state
from shared.failures import Unavailable
from tests.fakes.pretended_aws import pretended_aws

NOW = datetime(2026, 11, 21, 18, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with pretended_aws(monkeypatch):
        yield


def test_a_stream_says_its_state_and_one_that_is_gone_is_unavailable() -> None:
    boto3.client("kinesis").create_stream(StreamName="events", ShardCount=2)
    found = stream_state("events")
    assert (found.status, found.shards, found.retention) == ("ACTIVE", 2, timedelta(hours=24))
    assert found.arn.endswith("/events")
    with pytest.raises(Unavailable, match="gone"):
        stream_state("gone")


def test_a_delivery_stream_says_how_long_it_gathers() -> None:
    boto3.client("firehose").create_delivery_stream(
        DeliveryStreamName="lake",
        ExtendedS3DestinationConfiguration={
            "RoleARN": "arn:aws:iam::123456789012:role/r",
            "BucketARN": "arn:aws:s3:::lake",
            "BufferingHints": {"IntervalInSeconds": 60, "SizeInMBs": 64},
        },
    )
    found = delivery_state("lake")
    assert (found.status, found.gathers) == ("ACTIVE", timedelta(seconds=60))
    with pytest.raises(Unavailable, match="gone"):
        delivery_state("gone")


def mapping(function: str, source: str, state: str, result: str) -> dict[str, str]:
    return {
        "FunctionArn": f"arn:aws:lambda:us-east-1:123456789012:function:{function}",
        "EventSourceArn": source,
        "State": state,
        "LastProcessingResult": result,
        "UUID": f"id of {function}".ljust(36),
    }


def test_event_sources_are_listed_page_by_page_and_those_of_others_left_out() -> None:
    stream, queue = "arn:aws:kinesis:us-east-1:123456789012:stream/s", "arn:aws:sqs:us-east-1:123456789012:q"
    pages: list[list[dict[str, str]]] = [
        [
            mapping("process:live", stream, "Enabled", "OK"),
            mapping("process-of-others", stream, "Enabled", "OK"),
        ],
        [mapping("archive", queue, "Disabled", "User action"), {"State": "Enabled"}],
    ]
    with Stubber(client("lambda")) as stubber:
        for number, page in enumerate(pages):
            more = {"NextMarker": "next"} if number == 0 else {}
            asked = {"Marker": "next"} if number else {}
            stubber.add_response("list_event_source_mappings", {"EventSourceMappings": page, **more}, asked)
        assert event_sources(["process", "archive"]) == [
            EventSource("archive", "sqs", "Disabled", "User action", "id of archive".ljust(36)),
            EventSource("process", "kinesis", "Enabled", "OK", "id of process:live".ljust(36)),
        ]


def test_rules_say_what_they_wait_for_and_where_they_lead() -> None:
    events = boto3.client("events")
    events.create_event_bus(Name="bus")
    arn = "arn:aws:sqs:us-east-1:123456789012:"
    pattern = {"detail-type": ["Message Requested"], "detail": {"channel": ["email"]}}
    events.put_rule(Name="email", EventBusName="bus", EventPattern=json.dumps(pattern))
    events.put_targets(
        Rule="email",
        EventBusName="bus",
        Targets=[{"Id": "1", "Arn": f"{arn}q", "DeadLetterConfig": {"Arn": f"{arn}d"}}],
    )
    events.put_rule(Name="headrace-dev-Sweep", ScheduleExpression="rate(1 minute)", State="DISABLED")
    events.put_rule(Name="of-others", ScheduleExpression="rate(1 minute)", State="DISABLED")

    assert rules("bus") == [
        Rule(
            "email", "bus", True, ("Message Requested",), ("email",), (Target(f"{arn}q", f"{arn}d"),), pattern
        )
    ]
    assert rules(DEFAULT_BUS, "headrace-dev-") == [Rule("headrace-dev-Sweep", DEFAULT_BUS, False, (), (), ())]
    with pytest.raises(Unavailable):
        rules("gone")


def test_letters_are_counted_in_the_stacks_own_dead_letter_queues() -> None:
    sqs = boto3.client("sqs")
    urls = {
        name: sqs.create_queue(QueueName=name)["QueueUrl"]
        for name in (
            "headrace-dev-ADeadLetters",
            "headrace-dev-BDeadLetters",
            "headrace-dev-A",
            "x-DeadLetters",
        )
    }
    for url in urls.values():
        sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.send_message(QueueUrl=urls["headrace-dev-BDeadLetters"], MessageBody="x")
    sqs.receive_message(QueueUrl=urls["headrace-dev-BDeadLetters"])  # one that somebody looks at counts too

    assert dead_letters("headrace-dev-") == {"headrace-dev-ADeadLetters": 1, "headrace-dev-BDeadLetters": 2}
    assert dead_letters("headrace-prod-") == {}


def policy(principal: object, action: str = "sqs:SendMessage", effect: str = "Allow") -> str:
    statement = {"Effect": effect, "Principal": principal, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize(
    ("said", "takes"),
    [
        (None, False),
        (policy({"Service": "events.amazonaws.com"}), True),
        (policy({"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}), True),
        (policy({"Service": "sns.amazonaws.com"}), False),
        (policy({"Service": "events.amazonaws.com"}, action="sqs:ReceiveMessage"), False),
        (policy({"Service": "events.amazonaws.com"}, effect="Deny"), False),
        (policy("*", effect="Deny"), False),
    ],
)
def test_a_queue_says_whether_the_bus_may_send_to_it_and_how_much_waits(
    said: str | None, takes: bool
) -> None:
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="headrace-dev-Q")["QueueUrl"]
    if said is not None:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": said})
    for _ in range(2):
        sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.receive_message(QueueUrl=url)

    assert state(url) == QueueState("headrace-dev-Q", 2, takes)


def test_a_queue_that_is_gone_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        state("https://sqs.us-east-1.amazonaws.com/123456789012/gone")


def test_batches_that_were_given_up_are_counted() -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="given-up")
    assert given_up("given-up") == 0
    for name in "ab":
        s3.put_object(Bucket="given-up", Key=name)
    assert given_up("given-up") == 2
    with pytest.raises(Unavailable):
        given_up("gone")


def test_lambda_says_how_many_functions_may_run() -> None:
    with Stubber(client("lambda")) as stubber:
        limit = {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 8}
        stubber.add_response("get_account_settings", {"AccountLimit": limit}, {})
        assert concurrency() == Concurrency(10, 8)


def test_the_latest_of_the_last_ten_minutes_says_how_long_a_record_waited() -> None:
    cloudwatch = boto3.client("cloudwatch")
    now = datetime.now(UTC)
    for minutes, milliseconds in ((11, 9_000_000), (5, 70_000), (2, 1_500)):
        cloudwatch.put_metric_data(
            Namespace="AWS/Lambda",
            MetricData=[
                {
                    "MetricName": "IteratorAge",
                    "Dimensions": [{"Name": "FunctionName", "Value": "process"}],
                    "Timestamp": now - timedelta(minutes=minutes),
                    "Value": milliseconds,
                }
            ],
        )
    assert oldest_record("process", now) == timedelta(seconds=1.5)
    assert oldest_record("another", now) is None


def test_ses_says_what_the_account_may_send() -> None:
    with Stubber(client("sesv2")) as stubber:
        quota = {"Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 3.0}
        answer = {
            "ProductionAccessEnabled": False,
            "SendingEnabled": True,
            "EnforcementStatus": "HEALTHY",
            "SendQuota": quota,
        }
        stubber.add_response("get_account", answer, {})
        assert email_account() == EmailAccount(
            sandboxed=True, enabled=True, enforcement="HEALTHY", most_a_day=200.0, sent_today=3.0
        )


@pytest.mark.parametrize(
    ("address", "identities"),
    [
        ("a@shop.example", ("a@shop.example", "shop.example")),
        ("a@mail.shop.example", ("a@mail.shop.example", "mail.shop.example", "shop.example")),
        ("a@localhost", ("a@localhost", "localhost")),
    ],
)
def test_an_address_may_be_sent_from_by_its_own_identity_or_a_domain_above(
    address: str, identities: tuple[str, ...]
) -> None:
    assert identities_of(address) == identities


@pytest.mark.parametrize(
    ("known", "verified"),
    [
        ({}, None),
        ({"shop.example": True}, True),
        ({"shop.example": False}, False),
        ({"a@mail.shop.example": False, "shop.example": True}, True),
        ({"mail.shop.example": True}, True),
    ],
)
def test_any_of_these_that_is_verified_will_do(known: dict[str, bool], verified: bool | None) -> None:
    with Stubber(client("sesv2")) as stubber:
        for name in identities_of("a@mail.shop.example"):
            if name in known:
                answer = {"VerifiedForSendingStatus": known[name]}
                stubber.add_response("get_email_identity", answer, {"EmailIdentity": name})
                if known[name]:
                    break
            else:
                stubber.add_client_error("get_email_identity", "NotFoundException")
        assert is_verified("a@mail.shop.example") is verified
        stubber.assert_no_pending_responses()


@pytest.mark.parametrize(("limit", "usd"), [({"MonthlySpendLimit": "50"}, 50.0), ({}, 1.0)])
def test_sns_says_whether_it_is_a_sandbox_and_what_a_month_may_cost(
    limit: dict[str, str], usd: float
) -> None:
    with Stubber(client("sns")) as stubber:
        stubber.add_response("get_sms_sandbox_account_status", {"IsInSandbox": True}, {})
        stubber.add_response(
            "get_sms_attributes", {"attributes": limit}, {"attributes": ["MonthlySpendLimit"]}
        )
        assert sms_account() == SmsAccount(sandboxed=True, month_usd=usd)


def test_what_may_not_be_asked_says_which_permission_is_missing() -> None:
    words = "User: x is not authorized to perform: ses:GetAccount"
    with Stubber(client("sesv2")) as stubber:
        stubber.add_client_error("get_account", "AccessDeniedException", words)
        with pytest.raises(Unavailable, match="ses:GetAccount"):
            email_account()
    clients.forget()
