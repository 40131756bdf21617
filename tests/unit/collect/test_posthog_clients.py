"""PostHog's own SDKs, unmodified, against the collect stage behind a port of this machine."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import posthog
import pytest

from shared.events import Event
from tests.fakes.collect_server import CollectServer, serving
from tests.fakes.collect_stage import OBSERVE, STRICT, Stage

ROOT = Path(__file__).parents[3]

ALL_CALLS_OF_NODE = """
import { PostHog } from 'posthog-node'

const [url, key] = process.argv.slice(1)
const client = new PostHog(key, { host: url, flushAt: 1, fetchRetryDelay: 200 })
client.capture({ distinctId: 'u1', event: 'Basket Saved', properties: { items: 3 }, groups: { company: 'acme' } })
client.identify({ distinctId: 'u1', properties: { email: 'ann@shop.example', $anon_distinct_id: 'visitor-1' } })
client.alias({ distinctId: 'u1', alias: 'u0' })
client.groupIdentify({ groupType: 'company', groupKey: 'acme', properties: { name: 'Acme' } })
const flags = await client.getAllFlags('u1')
if (Object.keys(flags).length) throw new Error(`flags out of nowhere: ${JSON.stringify(flags)}`)
await client.shutdown()
"""

ONE_CALL_OF_NODE = """
import { PostHog } from 'posthog-node'

const [url, key] = process.argv.slice(1)
const client = new PostHog(key, { host: url, flushAt: 1, fetchRetryDelay: 200 })
client.capture({ distinctId: 'u1', event: 'Basket Saved' })
await client.shutdown()
"""


@pytest.fixture
def server() -> Iterator[CollectServer]:
    stage = Stage()
    stage.api = "rest"  # most of PostHog's SDKs compress under a textual content type
    with serving(stage) as server:
        yield server


class Failures:
    """What the SDK gave up on."""

    def __init__(self) -> None:
        self.errors: list[Exception] = []

    def __call__(self, error: Exception, _batch: object) -> None:
        self.errors.append(error)


def python(server: CollectServer, failures: Failures, key: str = OBSERVE, **options: Any) -> posthog.Posthog:
    return posthog.Posthog(key, host=server.url, on_error=failures, flush_interval=0.1, **options)


def node(script: str, server: CollectServer) -> None:
    path = shutil.which("node")
    assert path is not None
    arguments = [path, "--input-type=module", "-e", script, server.url, OBSERVE]
    subprocess.run(arguments, cwd=ROOT, check=True, timeout=60)


def named(server: CollectServer) -> dict[str, Event]:
    return {event.name: event for event in server.stage.events}


@pytest.mark.parametrize("gzip", [False, True])
def test_every_call_of_posthog_python_arrives(server: CollectServer, gzip: bool) -> None:
    failures = Failures()
    client = python(server, failures, gzip=gzip)
    client.capture("Basket Saved", distinct_id="u1", properties={"items": 3}, groups={"company": "acme"})
    client.set(distinct_id="u1", properties={"email": "ann@shop.example"})
    client.set_once(distinct_id="u2", properties={"first_seen": "today"})
    client.alias(previous_id="visitor-1", distinct_id="u1")
    client.group_identify("company", "acme", {"name": "Acme"}, distinct_id="u1")
    assert client.get_all_flags("u1") == {}
    client.shutdown()
    assert failures.errors == []
    events = server.stage.events
    assert [
        (event.type, event.name, event.user_id) for event in sorted(events, key=lambda one: one.occurred_at)
    ] == [
        ("track", "Basket Saved", "u1"),
        ("identify", "identify", "u1"),
        ("identify", "identify", "u2"),
        ("alias", "alias", "visitor-1"),
        ("group", "group", "u1"),
    ]
    found = named(server)
    assert found["Basket Saved"].properties == {"items": 3}
    assert found["Basket Saved"].context["library"]["name"] == "posthog-python"
    assert found["alias"].previous_id == "u1"
    assert found["group"].traits == {"name": "Acme"}
    assert [event.traits for event in events if event.user_id == "u1" and event.type == "identify"] == [
        {"email": "ann@shop.example"}
    ]
    assert [event.trait_changes for event in events if event.user_id == "u2"] == [
        {"set_once": {"first_seen": "today"}}
    ]


@pytest.mark.parametrize("compression", ["none", "gzip", "deflate"])
def test_the_newest_protocol_of_posthog_python_arrives(server: CollectServer, compression: str) -> None:
    failures = Failures()
    client = python(server, failures, capture_mode="v1", capture_compression=compression)
    uuid = client.capture("Basket Saved", distinct_id="u1", properties={"items": 3, "$session_id": "s1"})
    client.shutdown()
    assert failures.errors == []
    assert [path for _, path in server.requests] == ["/i/v1/analytics/events"]
    [event] = server.stage.events
    assert (event.id, event.user_id, event.session_id, event.properties) == (uuid, "u1", "s1", {"items": 3})


def test_the_newest_protocol_says_which_event_was_dropped(server: CollectServer) -> None:
    failures = Failures()
    client = python(server, failures, STRICT, capture_mode="v1")
    client.capture("Complete Purchase", distinct_id="u1", properties={"amount": 3, "currency": "EUR"})
    dropped = client.capture("Dance", distinct_id="u1")
    client.shutdown()
    assert [event.name for event in server.stage.events] == ["Complete Purchase"]
    [error] = failures.errors
    assert error.drops == [(dropped, "the tracking plan has no event Dance")]  # type: ignore[attr-defined]


def test_a_strict_source_takes_what_its_plan_defines(server: CollectServer) -> None:
    """What the SDK adds by itself is no property of the customer's."""
    failures = Failures()
    client = python(server, failures, STRICT)
    client.capture("Complete Purchase", distinct_id="u1", properties={"amount": 3, "currency": "EUR"})
    client.shutdown()
    assert failures.errors == []
    assert named(server)["Complete Purchase"].properties == {"amount": 3, "currency": "EUR"}


def test_a_refusal_is_told_to_the_caller_and_not_sent_again(server: CollectServer) -> None:
    failures = Failures()
    client = python(server, failures, STRICT)
    client.capture("Dance", distinct_id="u1")
    client.shutdown()
    assert len(server.requests) == 1
    assert "the tracking plan has no event Dance" in str(failures.errors[0])


def test_an_unknown_key_is_told_to_the_caller_and_not_sent_again(server: CollectServer) -> None:
    failures = Failures()
    client = python(server, failures, "hr_gone")
    client.capture("Basket Saved", distinct_id="u1")
    client.shutdown()
    assert len(server.requests) == 1
    assert "no source has this write key" in str(failures.errors[0])
    assert server.stage.stream.entries == []


@pytest.mark.parametrize("mode", ["v0", "v1"])
def test_what_posthog_python_sends_again_has_the_same_ids(server: CollectServer, mode: str) -> None:
    server.fail_next = 1
    failures = Failures()
    client = python(server, failures, capture_mode=mode)
    uuid = client.capture("Basket Saved", distinct_id="u1")
    client.shutdown()
    assert failures.errors == []
    assert len(server.requests) == 2
    assert [(event.id, event.name) for event in server.stage.events] == [(uuid, "Basket Saved")] * 2


def test_every_call_of_posthog_node_arrives(server: CollectServer) -> None:
    node(ALL_CALLS_OF_NODE, server)
    found = named(server)
    assert set(found) == {"Basket Saved", "identify", "alias", "group"}
    assert found["Basket Saved"].properties == {"items": 3}
    assert (found["identify"].user_id, found["identify"].anonymous_id) == ("u1", "visitor-1")
    assert found["identify"].traits == {"email": "ann@shop.example"}
    assert (found["alias"].user_id, found["alias"].previous_id) == ("u1", "u0")
    assert found["group"].other_ids == {"group": "company:acme"}
    assert {event.source for event in found.values()} == {"observe"}


def test_what_posthog_node_sends_again_has_the_same_ids(server: CollectServer) -> None:
    server.fail_next = 1
    node(ONE_CALL_OF_NODE, server)
    assert len(server.requests) == 2
    first, second = server.stage.events
    assert (first.id, first.name) == (second.id, second.name)
