"""Signatures are verified by what AWS published and by what botocore signs; whatever is changed afterwards shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock
from urllib.parse import quote

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from shared.aws.request_signatures import Arrived, Claim, problem

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KEY_ID, SECRET = "HRABCDEFGHIJKLMNOPQR", "s" * 40
SERVICE = "mobiletargeting"


def signed(
    path: str = "/v1/apps/a/events",
    body: bytes = b'{"a":1}',
    method: str = "POST",
    query: str = "",
    headers: dict[str, str] | None = None,
) -> Arrived:
    """As botocore signs it at noon, and as it then arrives."""
    url = f"https://collect.example{path}{'?' if query else ''}{query}"
    request = AWSRequest(
        method=method,
        url=url,
        data=body,
        headers={"host": "collect.example", "content-type": "a/b"} | (headers or {}),
    )
    with mock.patch("botocore.auth.get_current_datetime", return_value=NOON.replace(tzinfo=None)):
        SigV4Auth(Credentials(KEY_ID, SECRET), SERVICE, "eu-west-1").add_auth(request)
    arrived = {name.lower(): str(value) for name, value in request.headers.items()}
    return Arrived(method, (path,), query, arrived, body)


def verdict(
    request: Arrived, secret: str = SECRET, service: str = SERVICE, at: datetime = NOON
) -> str | None:
    claim = Claim.of(request.headers["authorization"])
    assert claim is not None
    return problem(claim, request, service, secret, at)


def test_the_plainest_request_of_awss_own_test_suite_is_right() -> None:
    headers = {
        "host": "example.amazonaws.com",
        "x-amz-date": "20150830T123600Z",
        "authorization": (
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            "SignedHeaders=host;x-amz-date, "
            "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        ),
    }
    request = Arrived("GET", ("/",), "", headers, b"")
    secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    assert verdict(request, secret, "service", datetime(2015, 8, 30, 12, 36, tzinfo=UTC)) is None


@given(
    steps=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=4),
    body=st.binary(max_size=100),
)
def test_whatever_botocore_signs_is_right(steps: list[str], body: bytes) -> None:
    path = "".join(f"/x{quote(step, safe='-_.~')}" for step in steps)
    assert verdict(signed(path, body)) is None


def test_a_query_in_another_order_is_the_same() -> None:
    request = signed(query="b=2&a=1", method="GET", body=b"")
    assert verdict(request) is None
    assert verdict(request._replace(query="a=1&b=2")) is None


def test_headers_that_are_not_signed_may_change_on_the_way() -> None:
    request = signed()
    headers = {**request.headers, "user-agent": "another", "x-forwarded-for": "203.0.113.9"}
    assert verdict(request._replace(headers=headers)) is None


@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},
        {"paths": ("/v1/apps/b/events",)},
        {"query": "a=1"},
        {"body": b'{"a":2}'},
    ],
    ids=["method", "path", "query", "body"],
)
def test_what_was_changed_is_no_longer_signed(change: dict[str, Any]) -> None:
    assert "does not match" in str(verdict(signed()._replace(**change)))


def test_another_secret_another_host_and_another_service_do_not_do() -> None:
    request = signed()
    assert "does not match" in str(verdict(request, secret="t" * 40))
    elsewhere = request._replace(headers={**request.headers, "host": "other.example"})
    assert "does not match" in str(verdict(elsewhere))
    assert "signed for the service mobiletargeting" in str(verdict(request, service="kinesis"))


@pytest.mark.parametrize("minutes", [-15, 0, 15])
def test_a_quarter_of_an_hour_either_way_is_soon_enough(minutes: int) -> None:
    assert verdict(signed(), at=NOON + timedelta(minutes=minutes)) is None


@pytest.mark.parametrize("minutes", [-16, 16, 60 * 24 * 365])
def test_beyond_it_the_signature_is_of_no_use(minutes: int) -> None:
    assert "15 minutes" in str(verdict(signed(), at=NOON + timedelta(minutes=minutes)))


@pytest.mark.parametrize("date", ["", "today", "20261122T120000Z", "20261321T120000Z"])
def test_the_time_must_be_one_and_of_the_credentials_day(date: str) -> None:
    request = signed()
    assert "x-amz-date" in str(verdict(request._replace(headers={**request.headers, "x-amz-date": date})))


def test_the_host_must_be_signed_and_what_is_signed_be_there() -> None:
    request = signed()
    claim = Claim.of(request.headers["authorization"])
    assert claim is not None
    without_host = claim._replace(signed_headers=("x-amz-date",))
    assert "host" in str(problem(without_host, request, SERVICE, SECRET, NOON))
    missing = claim._replace(signed_headers=("host", "x-amz-security-token"))
    assert "not there" in str(problem(missing, request, SERVICE, SECRET, NOON))


@pytest.mark.parametrize("host", ["[", "\u2100.example", "a]b"])
def test_what_is_no_host_is_refused(host: str) -> None:
    request = signed()
    assert verdict(request._replace(headers={**request.headers, "host": host}))


def test_the_hash_a_header_says_is_compared_with_the_bodys_own() -> None:
    request = signed(headers={"x-amz-content-sha256": "UNSIGNED-PAYLOAD"})
    assert "hash" in str(verdict(request))


@given(st.text())
def test_what_is_no_authorization_of_this_kind_claims_nothing(text: str) -> None:
    assert Claim.of(text) is None
    assert Claim.of(f"AWS4-HMAC-SHA256 Credential={text}") is None
