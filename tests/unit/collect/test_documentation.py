"""docs/collecting.md says what the code does: every reason, every path, and a hash that is accepted."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from functions.collect.auth.verification import verify
from functions.collect.http.documents import query_document
from functions.collect.protocols import NAMES, wire_format
from functions.collect.protocols.clevertap.web.decoding import web_document
from functions.collect.protocols.cloudevents.modes import events_of as cloudevents_of
from functions.collect.protocols.twilio_segment.routes import ROUTES
from shared.plan.reasons import Code, Observation

DOCS = Path(__file__).resolve().parents[3] / "docs"
TEXT = (DOCS / "collecting.md").read_text(encoding="utf-8")

OF_THE_REQUEST_LINE = (query_document, web_document, cloudevents_of)
"""Readers of events that travel in a query or in headers."""


def test_every_reason_is_explained() -> None:
    explained = set(re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \|", TEXT, re.MULTILINE))
    codes = {code for cell in explained for code in re.findall(r"`([a-z_]+)`", cell)}
    assert codes >= {code.value for code in (*Code, *Observation)}


def test_every_call_is_named() -> None:
    assert {route.call for route in ROUTES if route.kind == "events"} <= set(
        re.findall(r"`(?:POST /v1/)?([a-z]+)`", TEXT)
    )


def test_the_hash_of_the_example_is_accepted() -> None:
    [example] = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    given: dict[str, Any] = {"identity_secret": "s3cret", "user_id": "u1"}
    exec(example, given)

    fields: dict[str, Any] = {"user_id": "u1", "context": {"user_hash": given["user_hash"]}}
    verify(fields, b"s3cret")

    assert fields["verified"] == ["user"]


def meets_the_gateways_limit(protocol: str) -> bool:
    events = [route for route in wire_format(protocol).routes if route.kind == "events"]
    return any(route.method in ("GET", "HEAD") or route.document in OF_THE_REQUEST_LINE for route in events)


@pytest.mark.parametrize("protocol", sorted({*filter(meets_the_gateways_limit, NAMES), "posthog"}))
def test_the_page_of_a_format_whose_events_travel_in_queries_or_headers_names_the_gateways_limit(
    protocol: str,
) -> None:
    """A request line and its headers beyond it never reach us: nothing of ours can say so."""
    page = (DOCS / "protocols" / f"{protocol.replace('_', '-')}.md").read_text(encoding="utf-8")
    assert re.search(r"10,240\s+bytes", page)
    assert re.search(r"10,240\s+bytes", TEXT)
