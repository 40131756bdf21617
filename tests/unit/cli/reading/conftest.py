"""People, messages and rejected events in a stack's tables, for the verbs that read them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest
from moto import mock_aws

from cli.stacks import Stack
from shared.aws import clients
from shared.aws.messages.log import DynamoMessages
from shared.aws.tables.profiles import DynamoProfiles
from shared.aws.tables.rejected import DynamoRejected
from shared.aws.tables.timeline import DynamoTimeline
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.fold.profile import Changes, Pointer
from shared.messaging.messages import MessageRequest, Status, Why
from shared.people.timeline import Chunk
from shared.plan.reasons import Code
from shared.rejected import RejectedItem, RejectedReason, RejectedRequest
from tests.fakes.folding import NOON, Person, did, identified
from tests.unit.cli.reading.stack import NOW, OUTPUTS, REQUEST, shop, table


@pytest.fixture(scope="module", autouse=True)
def stack() -> Iterator[None]:
    """Its tables, made once: no test changes what is in them."""
    with pytest.MonkeyPatch.context() as monkeypatch, mock_aws():
        monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        monkeypatch.setattr(
            Stack, "load", lambda stage=None: Stack(stage or "local", "http://127.0.0.1:9", OUTPUTS)
        )
        clients.forget()
        table("profiles", "pk")
        table("timeline", "pk", "sk")
        table("rejected", "pk", "sk")
        table("workspace", "pk")
        table("messages", "pk", indexes={"of_person": "person", "of_day": "day"})
        boto3.client("s3").create_bucket(Bucket="workspace")
        yield
    clients.forget()


@pytest.fixture(scope="module")
def ann(stack: None) -> None:
    """u1, once the visitor a1: traits, consents, two events on the timeline."""
    person = Person()
    events = [
        identified(first_name="Ann [VIP]", consents={"sms": True}),
        did("View Item", properties={"price": 12.5}),
    ]
    person.does(*events)
    DynamoProfiles("profiles").save(
        Changes(profiles=(person.profile,), pointers=(Pointer("anonymous:a1", "user:u1"),)), at=NOON
    )
    rows = [
        {
            "id": event.id, "type": event.type, "name": event.name, "source": event.source,
            "occurred_at": "2026-11-21T12:00:00.000Z", "received_at": "2026-11-21T12:00:00.000Z",
            "properties": event.properties,
        }
        for event in events
    ]  # fmt: skip
    data = zlib.compress(json.dumps(rows).encode())
    DynamoTimeline("timeline").put([Chunk("user:u1", "2026-11-21T12:00:00.000Z#1", 2_000_000_000, data)])


@pytest.fixture(scope="module")
def sms(stack: None) -> None:
    """One SMS that was sent, and a later one that was not."""
    log = DynamoMessages("messages")
    sent, skipped = (
        MessageRequest(
            id=f"m{number}", channel="sms", campaign="big-order", person="user:u1", event=did("Complete Purchase"),
            requested_at=NOW - timedelta(minutes=10 - number), workspace=1,
        )
        for number in (1, 2)
    )  # fmt: skip
    log.claim(sent, to="+12025550100", until=NOW, at=NOW, spend_usd=0, cap_usd=0)
    log.record(sent, status=Status.SENT, reason=None, to="+12025550100", provider_id="p1", at=NOW)
    log.decline(
        skipped,
        status=Status.SKIPPED,
        reason=Why.CONSENT_WITHDRAWN,
        to=None,
        at=NOW,
        detail="words behind it",
    )


@pytest.fixture(scope="module")
def refused(stack: None) -> None:
    reason = RejectedReason(
        code=Code.WRONG_TYPE, field="properties.amount", message="amount must be a number [sic]"
    )
    items = [
        RejectedItem(
            index=3, event_id="e3", name="Complete Purchase", user_id="u1", reasons=(reason,), body=b'{"a":1}'
        ),
        RejectedItem(index=5, other_ids={"email": "ana@shop.example"}, reasons=(reason,), body=b"{}"),
        RejectedItem(index=7, reasons=(reason,), body=b"\xff{not json"),
    ]
    request = RejectedRequest(
        request=REQUEST, source="strict", protocol="twilio_segment", trust="server", received_at=NOW,
        expires_at=2_000_000_000, items=tuple(items),
    )  # fmt: skip
    assert DynamoRejected("rejected", "workspace").put([request]) == []


@pytest.fixture(scope="module")
def bea(stack: None) -> dict[str, str]:
    """u2, who bought twice: the first purchase brought an email, the second one an SMS that had no address. Between the
    two the workspace changed. The ids of the messages, by channel."""
    workspaces = DynamoWorkspaces(table="workspace", bucket="workspace")
    workspaces.apply(shop("first"), after=0, at=NOW - timedelta(minutes=30), by="me")
    workspaces.apply(shop("second"), after=1, at=NOW - timedelta(minutes=5), by="me")
    workspaces.apply(shop("third"), after=2, at=NOW + timedelta(minutes=5), by="me")
    person = Person(key="user:u2")
    person.does(did("identify", type="identify", user_id="u2", traits={"first_name": "Bea <3"}))
    DynamoProfiles("profiles").save(Changes(profiles=(person.profile,), pointers=()), at=NOW)
    log = DynamoMessages("messages")
    requests = {
        channel: MessageRequest(
            id=f"{channel}-0123456789", channel=channel, campaign=campaign, person="user:u2",
            event=did("Complete Purchase", id=f"e-{channel}", user_id="u2", properties={"amount": 12.0}),
            requested_at=at, workspace=1,
        )
        for channel, campaign, at in (
            ("email", "thanks", NOW - timedelta(minutes=10)), ("sms", "thanks-sms", NOW - timedelta(minutes=1))
        )
    }  # fmt: skip
    for request in requests.values():
        arrived = request.requested_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        row = {
            "id": request.event.id, "type": "track", "name": request.event.name, "source": "s",
            "occurred_at": arrived, "received_at": arrived, "properties": request.event.properties,
        }  # fmt: skip
        data = zlib.compress(json.dumps([row]).encode())
        DynamoTimeline("timeline").put([Chunk("user:u2", f"{arrived}#1", 2_000_000_000, data)])
    email, sms = requests["email"], requests["sms"]
    log.claim(email, to="bea@x.example", until=NOW, at=email.requested_at, spend_usd=0, cap_usd=0)
    log.record(
        email, status=Status.SENT, reason=None, to="bea@x.example", provider_id="p2", at=email.requested_at
    )
    log.decline(sms, status=Status.SKIPPED, reason=Why.NO_ADDRESS, to=None, at=sms.requested_at)
    return {channel: request.id for channel, request in requests.items()}
