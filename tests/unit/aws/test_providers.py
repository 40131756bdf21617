"""Email, SMS and push: what reaches SES and SNS (moto), and what each failure says about the message."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from shared.aws import clients
from shared.aws.providers.email import SesEmail, sending_quota
from shared.aws.providers.errors import translated
from shared.aws.providers.push import SnsPush, payload
from shared.aws.providers.sms import SnsSms
from shared.failures import Unavailable
from shared.messaging.messages import Why
from shared.messaging.providers import (
    Email,
    Notification,
    OutcomeUnknown,
    ProviderClosed,
    ProviderRefused,
    ProviderThrottled,
    ProviderUnavailable,
    Sms,
)
from tests.fakes.pretended_aws import pretended_aws

EMAIL = Email("shop@shop.example", "ada@x.example", "Hello", "<b>Hi</b>", "Hi", "m1", "big spender!")
NOTIFICATION = Notification("Your cart", "is waiting", "m1")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with pretended_aws(monkeypatch):
        yield


class Spied:
    """The real client on moto; remembers the arguments of every call."""

    def __init__(self, service: Any) -> None:
        self.real = clients.client(service)
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            self.calls.append((name, arguments))
            return getattr(self.real, name)(**arguments)

        return call


def spied(service: str, monkeypatch: pytest.MonkeyPatch) -> Spied:
    spy = Spied(service)
    monkeypatch.setitem(clients._clients, service, spy)
    return spy


def test_an_email_leaves_with_both_bodies_its_tags_and_its_header(
    aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    boto3.client("sesv2").create_email_identity(EmailIdentity="shop.example")
    spy = spied("sesv2", monkeypatch)

    provider_id = SesEmail().send(EMAIL)

    (sent,) = ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages
    assert sent.id == provider_id
    assert sent.destinations["ToAddresses"] == ["ada@x.example"]
    ((_, arguments),) = spy.calls
    simple = arguments["Content"]["Simple"]
    assert simple["Subject"]["Data"] == "Hello"
    assert {kind: body["Data"] for kind, body in simple["Body"].items()} == {
        "Html": "<b>Hi</b>",
        "Text": "Hi",
    }
    assert simple["Headers"] == [{"Name": "X-Headrace-Message", "Value": "m1"}]
    assert arguments["EmailTags"] == [
        {"Name": "message", "Value": "m1"},
        {"Name": "campaign", "Value": "big_spender_"},
    ]


def test_an_email_of_text_alone_has_no_html(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    boto3.client("sesv2").create_email_identity(EmailIdentity="shop.example")
    spy = spied("sesv2", monkeypatch)

    SesEmail().send(EMAIL._replace(html=None))

    assert list(spy.calls[0][1]["Content"]["Simple"]["Body"]) == ["Text"]


def test_a_sender_that_is_not_verified_is_refused(aws: None) -> None:
    with pytest.raises(ProviderRefused) as refused:
        SesEmail().send(EMAIL)
    assert refused.value.why is Why.PROVIDER_REFUSED
    assert refused.value.words.startswith("MessageRejected: ")


@pytest.mark.parametrize(
    ("sender", "attributes"),
    [
        ({}, {"AWS.SNS.SMS.SMSType": "Transactional"}),
        ({"sender_id": "Shop"}, {"AWS.SNS.SMS.SMSType": "Transactional", "AWS.SNS.SMS.SenderID": "Shop"}),
        (
            {"sender_number": "+18005550100", "type": "promotional"},
            {"AWS.SNS.SMS.SMSType": "Promotional", "AWS.MM.SMS.OriginationNumber": "+18005550100"},
        ),
        (
            {"sender_id": "Shop", "sender_number": "12345"},
            {
                "AWS.SNS.SMS.SMSType": "Transactional",
                "AWS.SNS.SMS.SenderID": "Shop",
                "AWS.MM.SMS.OriginationNumber": "12345",
            },
        ),
    ],
)
def test_an_sms_has_a_type_and_names_its_sender(
    aws: None, monkeypatch: pytest.MonkeyPatch, sender: dict[str, Any], attributes: dict[str, str]
) -> None:
    spy = spied("sns", monkeypatch)

    provider_id = SnsSms().send(Sms("+15550100", "1500 USD", **sender))

    assert dict(sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sms_messages) == {
        provider_id: ("+15550100", "1500 USD")
    }
    given = spy.calls[0][1]["MessageAttributes"]
    assert {name: value["StringValue"] for name, value in given.items()} == attributes
    assert {value["DataType"] for value in given.values()} == {"String"}


def test_an_sms_to_what_is_no_number_is_refused_for_its_address(aws: None) -> None:
    with pytest.raises(ProviderRefused) as refused:
        SnsSms().send(Sms("nobody", "x"))
    assert refused.value.why is Why.ADDRESS_NOT_VALID


@pytest.fixture
def application(aws: None) -> str:
    made = boto3.client("sns").create_platform_application(
        Name="shop", Platform="GCM", Attributes={"PlatformPrincipal": "x", "PlatformCredential": "y"}
    )
    return made["PlatformApplicationArn"]


def endpoints(application: str) -> list[dict[str, Any]]:
    found = boto3.client("sns").list_endpoints_by_platform_application(PlatformApplicationArn=application)
    return list(found["Endpoints"])  # type: ignore[arg-type]


def test_a_token_has_one_endpoint_however_often_it_is_sent_to(application: str) -> None:
    push = SnsPush({"android": application})

    ids = {push.send(platform="android", token="tok", notification=NOTIFICATION) for _ in range(3)}

    (endpoint,) = endpoints(application)
    assert set(push.platforms) == {"android"}
    assert endpoint["Attributes"]["Token"] == "tok"
    published = (
        sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].platform_endpoints[endpoint["EndpointArn"]].messages
    )
    assert set(published) == ids
    assert set(published.values()) == {payload(NOTIFICATION)}


def test_a_token_that_was_switched_off_is_not_reachable_until_it_is_forgotten(application: str) -> None:
    push = SnsPush({"android": application})
    push.send(platform="android", token="tok", notification=NOTIFICATION)
    (endpoint,) = endpoints(application)
    boto3.client("sns").set_endpoint_attributes(
        EndpointArn=endpoint["EndpointArn"], Attributes={"Enabled": "false"}
    )

    for _ in range(2):
        with pytest.raises(ProviderRefused) as refused:
            push.send(platform="android", token="tok", notification=NOTIFICATION)
        assert refused.value.why is Why.ADDRESS_NOT_REACHABLE

    push.forget(platform="android", token="tok")
    assert push.send(platform="android", token="tok", notification=NOTIFICATION)
    assert len(endpoints(application)) == 1


class Refusing:
    """An SNS client that answers one operation with an error in SNS's own words."""

    def __init__(self, operation: str, code: str, words: str) -> None:
        self.operation, self.error = operation, {"Error": {"Code": code, "Message": words}}
        self.real = clients.client("sns")

    def __getattr__(self, name: str) -> Any:
        if name != self.operation:
            return getattr(self.real, name)

        def refuse(**_: Any) -> Any:
            raise ClientError(self.error, name)  # type: ignore[arg-type]

        return refuse


def test_the_endpoint_that_has_other_attributes_is_used(
    application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    push = SnsPush({"android": application})
    push.send(platform="android", token="tok", notification=NOTIFICATION)
    (endpoint,) = endpoints(application)
    words = (
        f"Invalid parameter: Token Reason: Endpoint {endpoint['EndpointArn']} already exists with the same Token, "
        "but different attributes."
    )
    monkeypatch.setitem(
        clients._clients, "sns", Refusing("create_platform_endpoint", "InvalidParameter", words)
    )

    assert push.send(platform="android", token="tok", notification=NOTIFICATION)


@pytest.mark.parametrize(
    ("operation", "words", "why"),
    [
        (
            "create_platform_endpoint",
            "Invalid parameter: Token Reason: iOS device tokens must be no more than 400 hexadecimal characters",
            Why.ADDRESS_NOT_REACHABLE,
        ),
        ("create_platform_endpoint", "Invalid parameter: CustomUserData Reason: x", Why.PROVIDER_REFUSED),
        ("publish", "Invalid parameter: Message too long", Why.PROVIDER_REFUSED),
    ],
)
def test_only_a_token_at_fault_is_not_reachable(
    application: str, monkeypatch: pytest.MonkeyPatch, operation: str, words: str, why: Why
) -> None:
    monkeypatch.setitem(clients._clients, "sns", Refusing(operation, "InvalidParameter", words))

    with pytest.raises(ProviderRefused) as refused:
        SnsPush({"android": application}).send(platform="android", token="tok", notification=NOTIFICATION)
    assert refused.value.why is why


def test_a_notification_has_each_platforms_form() -> None:
    forms = json.loads(payload(NOTIFICATION))

    assert forms["default"] == "is waiting"
    assert forms["APNS"] == forms["APNS_SANDBOX"]
    assert json.loads(forms["APNS"])["aps"]["alert"] == {"title": "Your cart", "body": "is waiting"}
    google = json.loads(forms["GCM"])["fcmV1Message"]["message"]
    assert google["notification"] == {"title": "Your cart", "body": "is waiting"}
    assert google["data"] == {"headrace_message": "m1"}


def failing(code: str, status: int) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        "Publish",
    )


URL = {"endpoint_url": "https://sns"}
FAILURES: list[tuple[ClientError | BotoCoreError, type[Exception]]] = [
    (failing("ThrottlingException", 400), ProviderThrottled),
    (failing("Throttled", 429), ProviderThrottled),
    (failing("TooManyRequestsException", 429), ProviderThrottled),
    (failing("LimitExceededException", 400), ProviderThrottled),
    (failing("AnythingElse", 429), ProviderThrottled),
    (failing("SendingPausedException", 400), ProviderClosed),
    (failing("AccessDeniedException", 403), ProviderClosed),
    (failing("NotFoundException", 404), ProviderClosed),
    (failing("AnythingElse", 499), ProviderRefused),
    (failing("ServiceUnavailable", 503), ProviderUnavailable),
    (failing("InternalFailure", 500), OutcomeUnknown),
    (failing("AnythingElse", 501), OutcomeUnknown),
    (failing("AnythingElse", 502), OutcomeUnknown),
    (failing("AnythingElse", 504), OutcomeUnknown),
    (NoCredentialsError(), ProviderClosed),
    (failing("AccountSuspendedException", 400), ProviderClosed),
    (failing("MailFromDomainNotVerifiedException", 400), ProviderClosed),
    (failing("InvalidSecurity", 403), ProviderClosed),
    (failing("AnythingElse", 401), ProviderClosed),
    (failing("AnythingElse", 402), ProviderRefused),
    (failing("MessageRejected", 400), ProviderRefused),
    (EndpointConnectionError(**URL), ProviderUnavailable),
    (ConnectTimeoutError(**URL), ProviderUnavailable),
    (ReadTimeoutError(**URL), OutcomeUnknown),
    (ConnectionClosedError(**URL), OutcomeUnknown),
]


@pytest.mark.parametrize(("error", "expected"), FAILURES, ids=repr)
def test_a_failure_says_whether_the_message_left(error: Exception, expected: type[Exception]) -> None:
    with pytest.raises(expected) as raised, translated({}):
        raise error
    assert type(raised.value) is expected


class Account:
    """SES, as far as it says what the account may send: moto does not."""

    def __init__(self, answer: dict[str, float] | Exception) -> None:
        self.answer = answer

    def get_account(self) -> dict[str, Any]:
        if isinstance(self.answer, Exception):
            raise self.answer
        return {"SendQuota": self.answer}


@pytest.mark.parametrize(
    ("most", "sent", "used_up"), [(200, 199, False), (200, 200, True), (200, 201, True), (-1, 9e9, False)]
)
def test_the_account_says_what_it_may_send(
    aws: None, monkeypatch: pytest.MonkeyPatch, most: float, sent: float, used_up: bool
) -> None:
    quota = {"MaxSendRate": 14.0, "Max24HourSend": most, "SentLast24Hours": sent}
    monkeypatch.setitem(clients._clients, "sesv2", Account(quota))

    assert sending_quota() == (14.0, used_up)


def test_an_account_that_does_not_answer_is_unavailable(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = failing("TooManyRequestsException", 429)
    monkeypatch.setitem(clients._clients, "sesv2", Account(refused))

    with pytest.raises(Unavailable):
        sending_quota()
