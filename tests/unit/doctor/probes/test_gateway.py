"""What stands in front of collect: preflights, answers to browsers, long requests, signatures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cli.doctor import requests
from cli.doctor.finding import State
from tests.fakes.examined_stack import ExaminedStack, examination
from tests.unit.doctor.probes.planted import answering, found_by


# the browser's preflight
@pytest.mark.parametrize(
    ("headers", "missing"),
    [
        ({}, "origin"),
        ({"access-control-allow-origin": "https://other.example"}, "origin"),
        ({"access-control-allow-origin": "*", "access-control-allow-methods": "GET"}, "methods"),
        (
            {"access-control-allow-origin": "*", "access-control-allow-methods": "*",
             "access-control-allow-headers": "content-type"},
            "headers",
        ),
    ],
)  # fmt: skip
def test_a_preflight_that_allows_too_little_is_broken(headers: dict[str, str], missing: str) -> None:
    stack = ExaminedStack()
    stack.front = answering(204, "OPTIONS", **headers)
    found = found_by("browser preflight", stack)
    assert (found.state, missing in found.detail) == (State.BROKEN, True)


def test_a_preflight_that_is_refused_is_broken() -> None:
    stack = ExaminedStack()
    stack.front = answering(403, "OPTIONS")
    assert "403" in found_by("browser preflight", stack).detail


def test_an_answer_that_the_browser_may_not_read_is_broken() -> None:
    stack = ExaminedStack()

    handled = stack.handled

    def stripped(method: str, *rest: Any, **gateway: Any) -> dict[str, Any]:
        answer = handled(method, *rest, **gateway)
        if method == "POST":
            answer["headers"].pop("access-control-allow-origin", None)
        return answer

    vars(stack)["handled"] = stripped
    assert "does not name the browser's origin" in found_by("browser preflight", stack).detail


# a long query
def test_something_in_front_that_refuses_long_requests_is_found() -> None:
    stack = ExaminedStack()
    stack.front = answering(414, "GET")
    found = found_by("long query", stack)
    assert (found.state, "POST" in found.do) == (State.BROKEN, True)


def test_the_long_query_is_as_long_as_it_says_and_fits() -> None:
    stack, headers_sent = ExaminedStack(), []

    def measured(_method: str, _path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        headers_sent.append(sum(len(f"{name}: {value}\r\n") for name, value in headers.items()))
        return body

    stack.front = measured
    with examination(stack) as examined:
        requests.long_query(examined)
    [(method, target)] = stack.requests
    took = len(f"{method} {target} HTTP/1.1\r\n") + headers_sent[0] - len("x-forwarded-proto: http\r\n")
    assert took == requests.LONGEST_BYTES


# the signature
def test_a_signature_that_something_in_front_breaks_is_found() -> None:
    stack = ExaminedStack()

    def touched(_method: str, _path: str, body: bytes, _headers: Mapping[str, str]) -> bytes:
        return body + b" "

    stack.front = touched
    found = found_by("signed Pinpoint call", stack)
    assert (found.state, "signature" in found.detail.lower()) == (State.BROKEN, True)
