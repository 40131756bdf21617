"""The queue's message holds any request, and the tallies add up."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tee import Answer, Credentials, Missed, TeedRequest, is_of_the_connection, is_taken, tallied
from tests.fakes.tee_stage import NOON, request

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)


@given(
    body=st.binary(max_size=200),
    path=ANY_TEXT,
    query=ANY_TEXT,
    headers=st.dictionaries(ANY_TEXT, ANY_TEXT, max_size=4),
)
def test_what_goes_into_the_queue_comes_out_of_it(
    body: bytes, path: str, query: str, headers: dict[str, str]
) -> None:
    sent = request(body=body, path=path, query=query, headers=headers)
    message = sent.encode()
    assert message.isascii()
    assert TeedRequest.decode(message) == sent


@pytest.mark.parametrize("body", [b"a" * 100_000, os.urandom(100_000), gzip.compress(b"b" * 1_000_000)])
def test_a_large_body_is_compressed_where_that_helps(body: bytes) -> None:
    message = request(body=body).encode()
    assert len(message) < len(body) * 4 / 3 + 1000
    assert TeedRequest.decode(message).body == body


def test_what_compresses_fits_what_sqs_counts_as_one_message() -> None:
    body = b"".join(b'{"event": "View Item", "userId": "u%d"},' % number for number in range(5000))
    assert len(request(body=body).encode()) < 64 * 1024 < len(body)


@pytest.mark.parametrize(
    "message", ["", "{}", "[]", "null", '{"packed": true, "body": "YQ=="}', "ann@shop.example"]
)
def test_what_is_no_request_is_refused_without_its_text(message: str) -> None:
    with pytest.raises(ValueError, match="not a request to be forwarded") as refused:
        TeedRequest.decode(message)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "header",
    ["Host", "COOKIE", "X-Forwarded-Proto", "Transfer-Encoding", "Content-Length", "X-Amzn-Trace-Id"],
)
def test_headers_of_the_connection_are_known_whatever_their_case(header: str) -> None:
    assert is_of_the_connection(header)


@pytest.mark.parametrize(
    "header", ["Authorization", "Content-Encoding", "X-CleverTap-Account-Id", "ce-type", "X-Amz-Date"]
)
def test_headers_of_the_client_are_not(header: str) -> None:
    assert not is_of_the_connection(header)


def answer(number: int, ours: int, theirs: int, at: datetime = NOON, source: str = "shop") -> Answer:
    return Answer(
        request=f"r{number}", source=source, protocol="ga4", call="collect", ours=ours, theirs=theirs,
        milliseconds=100 * number, sent=10, answered=2, content_type="", events=2, rejected=1, received_at=at,
        answered_at=at,
    )  # fmt: skip


def test_a_day_adds_up_by_both_statuses() -> None:
    tomorrow = NOON + timedelta(hours=12)
    found = tallied(
        [answer(1, 200, 200), answer(2, 200, 401), answer(3, 200, 401), answer(4, 200, 200, tomorrow)],
        [Missed("shop", NOON, "tried"), Missed("app", tomorrow.astimezone(UTC), "failed")],
    )
    assert [(tally.source, tally.day.isoformat()) for tally in found] == [
        ("shop", "2026-11-21"), ("shop", "2026-11-22"), ("app", "2026-11-22")
    ]  # fmt: skip
    assert found[0].counts == {
        "200>200": 1, "200>401": 2, "forwarded": 3, "differing": 2, "events": 6, "rejected": 3, "sent": 30,
        "answered": 6, "milliseconds": 600, "tried": 1,
    }  # fmt: skip
    assert found[2].counts == {"failed": 1}


@pytest.mark.parametrize(
    ("ours", "theirs", "differs"),
    [(200, 202, False), (200, 400, True), (400, 200, True), (400, 401, False), (200, 302, True)],
)
def test_we_differ_when_one_took_what_the_other_did_not(ours: int, theirs: int, differs: bool) -> None:
    assert answer(1, ours, theirs).differs is differs
    assert (is_taken(ours) != is_taken(theirs)) is differs


def test_credentials_are_where_the_command_puts_them() -> None:
    secret = {"webhooks": {}, "tees": {"shop": {"headers": {"A": "1"}, "query": {"b": "2"}}}}
    assert Credentials.of(secret, "shop") == Credentials({"A": "1"}, {"b": "2"})
    assert Credentials.of(secret, "other") == Credentials({}, {})
    assert Credentials.of({}, "shop") == Credentials({}, {})


@pytest.mark.parametrize(
    "tee", ["text", {"headers": ["a"]}, {"query": {"a": 1}}, {"headers": {"a": {"hidden": "s3cret"}}}]
)
def test_anything_else_there_is_an_error_that_does_not_show_it(tee: object) -> None:
    with pytest.raises(ValueError) as wrong:
        Credentials.of({"tees": {"shop": tee}}, "shop")
    assert "s3cret" not in str(wrong.value)
