"""The unmodified segment-analytics-python against the handler, over HTTP on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import orjson
import pytest
from segment.analytics.client import Client

from tests.fakes import process_stage
from tests.fakes.collect_stage import OBSERVE, STRICT, Stage


class Gateway(HTTPServer):
    """API Gateway's part: HTTP in, the handler's answer out. `seen` are the statuses answered, `bodies` what came."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        stage.keep_real_time()
        stage.api = "rest"  # gzip=True compresses under application/json
        self.stage = stage
        self.seen: list[int] = []
        self.bodies: list[bytes] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Exchange(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        answer = self.server.stage.request("POST", self.path, body, dict(self.headers))
        self.server.seen.append(answer.status)
        self.server.bodies.append(body)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if answer.body is not None:
            self.wfile.write(orjson.dumps(answer.body))

    def log_message(self, *_: object) -> None:
        """Nothing: pytest shows what the stage logs."""


@pytest.fixture
def gateway(stage: Stage) -> Iterator[Gateway]:
    with Gateway(stage) as server:
        serving = Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        yield server
        server.shutdown()
        serving.join()


class Failures:
    """What the SDK gave up on."""

    def __init__(self) -> None:
        self.errors: list[Any] = []

    def __call__(self, error: Any, _items: object) -> None:
        self.errors.append(error)


def sdk(gateway: Gateway, failures: Failures, key: str = OBSERVE, **settings: Any) -> Client:
    return Client(key, host=gateway.url, on_error=failures, upload_interval=0.1, **settings)


@pytest.mark.parametrize("gzip", [False, True])
def test_all_six_calls_arrive(stage: Stage, gateway: Gateway, gzip: bool) -> None:
    failures = Failures()
    client = sdk(gateway, failures, gzip=gzip)
    client.identify("u1", {"email": "ann@shop.example"}, anonymous_id="a1")
    client.track("u1", "Basket Saved", {"items": 3, "total": 42.5})
    client.page("u1", "Shop", "Kettles", {"path": "/kettles"})
    client.screen("u1", "Shop", "Basket")
    client.group("u1", "acme", {"seats": 12})
    client.alias("a0", "u1")
    client.shutdown()
    assert failures.errors == []
    assert set(gateway.seen) == {200}
    assert all(body.startswith(b"\x1f\x8b") is gzip for body in gateway.bodies)
    assert [(event.type, event.name, event.user_id) for event in stage.events] == [
        ("identify", "identify", "u1"),
        ("track", "Basket Saved", "u1"),
        ("page", "page", "u1"),
        ("screen", "screen", "u1"),
        ("group", "group", "u1"),
        ("alias", "alias", "u1"),
    ]
    identify, track, page, screen, group, alias = stage.events
    assert (identify.traits, identify.anonymous_id) == ({"email": "ann@shop.example"}, "a1")
    assert track.properties == {"items": 3, "total": 42.5}
    assert page.properties == {"path": "/kettles", "name": "Kettles", "category": "Shop"}
    assert screen.properties == {"name": "Basket", "category": "Shop"}
    assert (group.properties, group.traits) == ({"group_id": "acme"}, {"seats": 12})
    assert alias.previous_id == "a0"
    assert all(event.context["library"]["name"] == "analytics-python" for event in stage.events)
    assert all(event.occurred_at == event.original_timestamp for event in stage.events)
    assert all(event.sent_at is not None for event in stage.events)


def test_the_clients_message_ids_are_the_events_ids(stage: Stage, gateway: Gateway) -> None:
    client = sdk(gateway, Failures())
    ids = [client.track("u1", "Basket Saved")[1]["messageId"] for _ in range(3)]
    client.shutdown()
    assert [event.id for event in stage.events] == ids


def test_a_retry_after_503_ends_as_one_event_per_message_id(stage: Stage, gateway: Gateway) -> None:
    stage.stream.item_faults.planned.append("all")
    failures = Failures()
    client = sdk(gateway, failures)
    ids = [client.track(f"u{number}", "Basket Saved")[1]["messageId"] for number in range(3)]
    client.shutdown()
    assert failures.errors == []
    assert gateway.seen == [503, 200]
    assert sorted(event.id for event in stage.events) == sorted(ids)


def test_what_comes_twice_after_a_503_for_a_part_is_counted_once(stage: Stage, gateway: Gateway) -> None:
    stage.stream.item_faults.planned.append([1])
    failures = Failures()
    client = sdk(gateway, failures)
    ids = {client.track(f"u{number}", "Basket Saved")[1]["messageId"] for number in range(3)}
    client.shutdown()
    assert failures.errors == []
    assert gateway.seen == [503, 200]
    assert len(stage.events) == 5
    assert {event.id for event in stage.events} == ids
    assert counts(stage) == {"user:u0": 1, "user:u1": 1, "user:u2": 1}


def counts(stage: Stage) -> dict[str, int]:
    """What process counts of the records collect put on the stream."""
    process = process_stage.Stage(stage.workspaces.load(1))
    at = stage.now
    process.deliver(*[process.lambda_record(entry.key, entry.data, at) for entry in stage.stream.entries])
    return {record.key: process.counted(record.key, "Basket Saved") for record in stage.records}


def test_a_refused_batch_is_not_sent_again(stage: Stage, gateway: Gateway) -> None:
    """The SDK reads `code` and `message` from the answer; without them it would take the error for one to retry."""
    failures = Failures()
    client = sdk(gateway, failures, STRICT)
    client.track("u1", "Dance")
    client.shutdown()
    assert gateway.seen == [400]
    (error,) = failures.errors
    assert (error.status, error.code, error.message) == (
        400,
        "unknown_event",
        "the tracking plan has no event Dance",
    )
    assert len(stage.refused) == 1


def test_an_unknown_key_is_told_to_the_client(stage: Stage, gateway: Gateway) -> None:
    failures = Failures()
    client = sdk(gateway, failures, "hr_gone")
    client.track("u1", "Basket Saved")
    client.shutdown()
    assert gateway.seen == [401]
    assert failures.errors[0].code == "unknown_write_key"
    assert stage.stream.entries == []
