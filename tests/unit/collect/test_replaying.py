"""Replay: what is valid by the latest workspace goes on the stream as it came, once; the rest says why not."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from functions.collect.auth.quota import Quota
from functions.collect.auth.source_secrets import SourceSecrets
from functions.collect.http.request import Request
from functions.collect.replay.replay import Replay
from functions.collect.routing.router import respond
from functions.collect.stored_lookups import StoredLookups
from functions.collect.work import Resources
from shared.events import Event
from shared.plan.reasons import Code
from shared.ports.tee import TeeQueue
from shared.records import Trust
from shared.rejected import RejectedItem, RejectedReason, RejectedRequest
from shared.stored.current_workspace import CurrentWorkspace
from shared.workspace.model import EventDefinition, Policy, PropertyDefinition, Source, Workspace
from shared.workspace.write_keys import key_hash
from simulation.ports.faults import Faults
from simulation.ports.profiles import FakeProfiles
from simulation.ports.rejected import FakeRejected
from simulation.ports.secrets import FakeSecrets
from simulation.ports.stream import FakeStream
from simulation.ports.workspaces import FakeWorkspaces

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=3)

SOURCE = Source(id="strict", name="Strict", trust="server", policy="strict", key_hashes=(key_hash("k"),))
PURCHASE = EventDefinition(
    id="Complete Purchase",
    name="Purchase",
    properties={"amount": PropertyDefinition(type="number", required=True)},
)


def nothing_defined(asked: dict[str, Any]) -> dict[str, Any]:
    raise AssertionError(f"nobody defines anything here: {asked}")


def nowhere() -> TeeQueue:
    raise AssertionError("no source here has a tee")


class Stage:
    def __init__(self) -> None:
        self.stream, self.rejected = FakeStream(Faults()), FakeRejected(Faults())
        self.workspaces = FakeWorkspaces(Workspace(sources=(SOURCE,), events=(PURCHASE,)))
        self.ticks = 0.0
        workspace = CurrentWorkspace(self.workspaces, FakeSecrets({}), self._clock)
        secrets = SourceSecrets(FakeSecrets({}), self._clock)
        self.resources = Resources(
            workspace=workspace,
            secrets=secrets,
            stream=self.stream,
            rejected=lambda: self.rejected,
            quota=Quota(self._clock),
            lookups=lambda judged_by: StoredLookups(judged_by, FakeProfiles(), workspace, nothing_defined),
            tee_queue=nowhere,
            clock=lambda: NOON,
        )
        self.replay = Replay(
            workspace=workspace,
            stream=self.stream,
            rejected=self.rejected,
            secrets=secrets,
            clock=lambda: LATER,
        )

    def _clock(self) -> float:
        self.ticks += 2.0
        return self.ticks

    def post(self, *items: object) -> dict[str, Any]:
        event = {
            "rawPath": "/v1/batch",
            "headers": {"authorization": "Basic " + base64.b64encode(b"k:").decode()},
            "requestContext": {"http": {"method": "POST", "path": "/v1/batch", "sourceIp": "203.0.113.9"}},
            "body": orjson.dumps({"batch": list(items), "context": {"app": {"name": "Shop"}}}).decode(),
            "isBase64Encoded": False,
        }
        request = Request.from_gateway(event)
        answer: dict[str, Any] = orjson.loads(respond(request, self.resources).for_gateway(request)["body"])
        return answer

    def apply(self, *events: EventDefinition, sources: tuple[Source, ...] = (SOURCE,)) -> None:
        version = self.workspaces.latest_version()
        self.workspaces.apply(Workspace(sources=sources, events=events), after=version, at=NOON, by="test")

    @property
    def ids(self) -> list[str]:
        return [event.id for event in self.rejected.latest(100, NOON - timedelta(days=1))]


def track(name: str, message_id: str | None = None, **properties: object) -> dict[str, object]:
    item: dict[str, object] = {"type": "track", "userId": "u1", "event": name, "properties": properties}
    return {**item, "messageId": message_id} if message_id else item


def outcomes(stage: Stage, *ids: str) -> dict[str, str]:
    return {one["id"]: one["outcome"] for one in stage.replay.events(ids or stage.ids)}


def test_events_valid_after_the_plan_was_mended_come_in_as_they_came() -> None:
    stage = Stage()
    stage.post(track("Redeem Voucher", "m1", code="A"), track("Complete Purchase", amount="much"), None)
    voucher, wrong, null = stage.ids
    generated = stage.rejected.latest(10, NOON)[1].event_id

    stage.apply(
        EventDefinition(
            id="Redeem Voucher", name="Voucher", properties={"code": PropertyDefinition(type="string")}
        ),
        EventDefinition(
            id="Complete Purchase", name="Purchase", properties={"amount": PropertyDefinition(type="string")}
        ),
    )
    assert outcomes(stage) == {voucher: "replayed", wrong: "replayed", null: "rejected"}

    first, second = stage.stream.events
    assert (first.id, first.name, first.received_at, first.occurred_at) == (
        "m1",
        "Redeem Voucher",
        NOON,
        NOON,
    )
    assert (second.id, second.properties) == (generated, {"amount": "much"})
    assert first.context == {"app": {"name": "Shop"}}
    [record] = stage.stream.records
    assert (record.source, record.protocol, record.workspace, record.key) == (
        "strict",
        "twilio_segment",
        2,
        "user:u1",
    )
    marked = {event.id: event.replayed_at for event in stage.rejected.latest(10, NOON)}
    assert marked == {voucher: LATER, wrong: LATER, null: None}


def test_what_is_still_not_valid_says_why_and_stays() -> None:
    stage = Stage()
    stage.post(track("Complete Purchase", amount="much"))
    [told] = stage.replay.events(stage.ids)
    assert (told["outcome"], told["reasons"][0]["code"], told["reasons"][0]["field"]) == (
        "rejected",
        "wrong_type",
        "properties.amount",
    )
    assert stage.stream.entries == []
    assert stage.rejected.latest(1, NOON)[0].replayed_at is None


def test_what_is_still_unknown_says_what_may_have_been_meant_in_the_formats_words() -> None:
    stage = Stage()
    stage.post(track("complete purchase", amount=1))
    [told] = stage.replay.events(stage.ids)
    assert (told["reasons"][0]["field"], told["reasons"][0]["message"]) == (
        "event",
        "the tracking plan has no event complete purchase; did you mean Complete Purchase?",
    )


def test_replaying_twice_brings_in_once() -> None:
    stage = Stage()
    stage.post(track("Redeem Voucher"))
    stage.apply(EventDefinition(id="Redeem Voucher", name="Voucher"))
    assert list(outcomes(stage).values()) == ["replayed"]
    assert list(outcomes(stage).values()) == ["already_replayed"]
    assert len(stage.stream.events) == 1


def test_what_the_stream_did_not_take_is_not_marked_and_comes_in_next_time() -> None:
    stage = Stage()
    stage.post(track("Redeem Voucher"), {**track("Redeem Voucher"), "userId": "u2"})
    stage.apply(EventDefinition(id="Redeem Voucher", name="Voucher"))
    stage.stream.item_faults.planned.append([0])
    first, second = stage.ids
    assert outcomes(stage) == {first: "not_stored", second: "replayed"}
    assert outcomes(stage) == {first: "replayed", second: "already_replayed"}
    assert sorted(event.user_id or "" for event in stage.stream.events) == ["u1", "u2"]


@pytest.mark.parametrize("unknown", ["0193504f-7b2c-7def-8000-000000000001-0", "nonsense", "", "-", "x-y"])
def test_ids_of_nothing_are_not_found(unknown: str) -> None:
    stage = Stage()
    assert stage.replay.events([unknown]) == [{"id": unknown, "outcome": "not_found"}]


def test_an_index_beyond_the_request_is_not_found() -> None:
    stage = Stage()
    stage.post(track("Redeem Voucher"))
    other = stage.ids[0].rpartition("-")[0] + "-7"
    assert outcomes(stage, other) == {other: "not_found"}


def test_events_of_a_source_that_is_gone_stay() -> None:
    stage = Stage()
    stage.post(track("Redeem Voucher"))
    stage.apply(EventDefinition(id="Redeem Voucher", name="Voucher"), sources=())
    (event,) = stage.ids
    assert stage.replay.events([event]) == [{"id": event, "outcome": "source_gone", "source": "strict"}]
    assert stage.stream.entries == []


def test_events_of_other_sources_come_in_beside_those_whose_source_is_gone() -> None:
    stage = Stage()
    stage.post(track("Redeem Voucher"))
    (gone,) = stage.ids
    other = SOURCE.model_copy(update={"id": "other"})
    stage.apply(sources=(other,))
    stage.post(track("Redeem Voucher"))
    (kept,) = set(stage.ids) - {gone}
    stage.apply(EventDefinition(id="Redeem Voucher", name="Voucher"), sources=(other,))

    assert outcomes(stage, gone, kept) == {gone: "source_gone", kept: "replayed"}
    assert outcomes(stage, gone, kept) == {gone: "source_gone", kept: "already_replayed"}


def test_an_event_that_process_refused_is_replayed_from_its_canonical_form() -> None:
    stage = Stage()
    refused = Event(
        id="m1", type="identify", name="identify", user_id="u1", traits={"email": "new@shop.example"},
        source="strict", protocol="twilio_segment", occurred_at=NOON - timedelta(minutes=7), received_at=NOON,
        sent_at=NOON - timedelta(seconds=1), verified=("user",),
    )  # fmt: skip
    reason = RejectedReason(code=Code.NOT_TRUSTED, field="traits.email", message="no")
    request = "0193504f-7b2c-7def-8000-000000000001.0a1b2c3d"
    body = refused.model_dump_json(exclude_defaults=True).encode()
    stage.rejected.put(
        [
            RejectedRequest(
                request=request, form="canonical", source="strict", protocol="twilio_segment", trust="browser",
                received_at=NOON, expires_at=2_000_000_000,
                items=(RejectedItem(index=3, event_id="m1", name="identify", reasons=(reason,), body=body),),
            )
        ]
    )  # fmt: skip

    assert outcomes(stage, f"{request}-3") == {f"{request}-3": "replayed"}
    [event] = stage.stream.events
    assert event == refused
    assert stage.stream.records[0].trust == "browser"  # as it was when it came


@pytest.mark.parametrize(("then", "now"), [("browser", "server"), ("server", "browser")])
def test_an_event_is_trusted_as_it_was_when_it_came(then: Trust, now: Trust) -> None:
    """A public key sent it, though its source is a server's by now; or the other way round."""
    stage = Stage()
    stage.apply(sources=(SOURCE.model_copy(update={"trust": then}),))
    stage.post(track("Redeem Voucher"))
    assert [kept.trust for kept in stage.rejected.requests.values()] == [then]
    voucher = EventDefinition(id="Redeem Voucher", name="Voucher")
    stage.apply(voucher, sources=(SOURCE.model_copy(update={"trust": now}),))
    assert list(outcomes(stage).values()) == ["replayed"]
    assert [record.trust for record in stage.stream.records] == [then]


@pytest.mark.parametrize("number", ["1e400", "-1e400", "NaN", "9" * 400])
@pytest.mark.parametrize("policy", ["strict", "lenient", "observe"])
def test_a_number_that_json_has_not_is_refused_again_and_never_stored(number: str, policy: Policy) -> None:
    """Kept as the text "NaN" it would come in by a replay as a value that nobody sent."""
    stage = Stage()
    item = orjson.dumps(track("Dance", "m1", steps="HERE")).replace(b'"HERE"', number.encode())
    stage.post(orjson.Fragment(item))
    stage.apply(sources=(SOURCE.model_copy(update={"policy": policy}),))

    [outcome] = stage.replay.events(stage.ids)

    assert outcome["outcome"] == "rejected"
    assert stage.stream.records == []
    if policy != "strict":
        assert outcome["reasons"][0]["field"] == "properties.steps"
