"""What the vendor gets is what the client sent, but for the host and what the source sets instead."""

from __future__ import annotations

import pytest

from functions.tee.vendor_request import vendor_request
from shared.tee import Credentials, TeedRequest
from shared.workspace.model import Tee
from tests.fakes.tee_stage import request

NONE = Credentials({}, {})
VENDOR = Tee(host="https://vendor.example")


def written(sent: TeedRequest, tee: Tee = VENDOR, credentials: Credentials = NONE) -> str:
    return vendor_request(sent, sent.body, tee, credentials).target


def test_method_path_query_and_body_are_the_clients() -> None:
    sent = request(method="PUT", path="/api/users/", query="b=2&a=%20", body=b"\x1f\x8b\x00")
    made = vendor_request(sent, sent.body, VENDOR, NONE)
    assert (made.method, made.host, made.target) == ("PUT", "https://vendor.example", "/api/users/?b=2&a=%20")
    assert made.body == b"\x1f\x8b\x00"
    assert made.headers == {**sent.headers, "headrace-tee": "r1"}


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/users/ann maria", "/users/ann%20maria"),
        ("/users/ann%20maria", "/users/ann%20maria"),
        ("/users/100%", "/users/100%25"),
        ("/users/ünal", "/users/%C3%BCnal"),
        ("/users/a+b@shop.example;v=1", "/users/a+b@shop.example;v=1"),
        ("/users/\ud800", "/users/%3F"),
        ("/a?b#c", "/a%3Fb%23c"),
    ],
)
def test_a_path_that_the_gateway_decoded_is_encoded_again(path: str, target: str) -> None:
    assert written(request(path=path)) == target


def test_no_line_of_a_request_can_be_forged_by_its_path_or_query() -> None:
    target = written(request(path="/a\r\nx: 1", query="a=\r\nb"))
    assert "\r" not in target
    assert "\n" not in target


def test_headers_of_the_source_replace_the_clients_whatever_their_case() -> None:
    tee = Tee(host="https://vendor.example", headers={"X-Account": "ACC"})
    sent = request(headers={"x-account": "theirs", "authorization": "Basic abc", "x-other": "1"})
    made = vendor_request(sent, b"", tee, Credentials({"Authorization": "Basic ours"}, {}))
    assert made.headers == {
        "x-account": "ACC", "authorization": "Basic ours", "x-other": "1", "headrace-tee": "r1"
    }  # fmt: skip


def test_query_parameters_of_the_secret_replace_the_clients_and_the_others_stay_as_they_came() -> None:
    sent = request(query="api_key=ours&x=%7B1%7D&api%5Fkey=again&empty")
    assert written(sent, credentials=Credentials({}, {"api_key": "a&b"})) == (
        "/v1/batch?x=%7B1%7D&empty&api_key=a%26b"
    )
    assert written(request(query=""), credentials=Credentials({}, {"k": "v"})) == "/v1/batch?k=v"


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("HEAD", None), ("POST", b""), ("DELETE", b"")])
def test_a_get_without_a_body_has_none(method: str, body: bytes | None) -> None:
    assert vendor_request(request(method=method), b"", VENDOR, NONE).body == body
