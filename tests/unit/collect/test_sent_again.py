"""What its sender did not number, but gave a time: one event however often its request comes, two where one request
has it twice, and the same after a replay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from functions.collect.auth.source_secrets import SourceSecrets
from functions.collect.replay.replay import Replay
from shared.stored.current_workspace import CurrentWorkspace
from tests.fakes.collect_stage import NOON, SHOP, STRICT, Answer, Stage, basic

AT = "2026-11-21T11:59:58.000Z"
SECONDS = 1_795_262_398

VIEW: dict[str, Any] = {
    "userId": "u1",
    "event": "View Item",
    "timestamp": AT,
    "properties": {"item_id": "K1"},
}


class Unnumbered(NamedTuple):
    """A request with so many equal events; `again` is what else is said by a client that sends it again."""

    path: str
    body: Callable[[int, bool], Any]
    headers: Mapping[str, str] = MappingProxyType({})
    query: str = ""


BASIC = {"authorization": basic(f"{STRICT}:secret")}
CLEVERTAP = {"x-clevertap-account-id": "ACC-1", "x-clevertap-passcode": STRICT}


def many(one: dict[str, Any]) -> Callable[[int, bool], Any]:
    return lambda count, _: [one] * count


SEVERAL = {
    "segment": Unnumbered(
        "/v1/batch",
        lambda count, again: {
            "batch": [{"type": "track", **VIEW}] * count,
            "sentAt": "2026-11-21T12:00:00Z" if again else "2026-11-21T11:59:59Z",
        },
        BASIC,
    ),
    "segment, by its other name for the time": Unnumbered(
        "/v1/batch",
        lambda count, _: {
            "batch": [{"type": "screen", "userId": "u1", "name": "Cart", "originalTimestamp": AT}] * count
        },
        BASIC,
    ),
    "clevertap": Unnumbered(
        "/1/upload",
        lambda count, _: {
            "d": [{"type": "event", "identity": "u1", "ts": SECONDS, "evtName": "Tapped", "evtData": {}}]
            * count
        },
        CLEVERTAP,
    ),
    "clevertap, profiles": Unnumbered(
        "/1/upload",
        lambda count, _: {
            "d": [{"type": "profile", "identity": "u1", "ts": SECONDS, "profileData": {"Plan": "gold"}}]
            * count
        },
        CLEVERTAP,
    ),
    "clevertap, tokens": Unnumbered(
        "/1/upload",
        lambda count, _: {
            "d": [{"type": "token", "identity": "u1", "ts": SECONDS, "tokenData": {"id": "t", "type": "fcm"}}]
            * count
        },
        CLEVERTAP,
    ),
    "clevertap, apps": Unnumbered(
        "/a1",
        lambda count, _: [
            {"type": "meta", "g": "guid-1", "id": STRICT},
            *[{"type": "event", "evtName": "Tapped", "evtData": {}, "ep": SECONDS, "s": 7}] * count,
        ],
    ),
    "mparticle": Unnumbered(
        "/v2/events",
        lambda count, _: {
            "user_identities": {"customer_id": "u1"},
            "events": [
                {
                    "event_type": "custom_event",
                    "data": {"event_name": "Tapped", "timestamp_unixtime_ms": SECONDS * 1000},
                }
            ]
            * count,
        },
        BASIC,
    ),
    "infobip": Unnumbered(
        "/people/3/events",
        many(
            {
                "definitionId": "Tapped",
                "occurredTime": AT,
                "identifier": {"id": "u1", "type": "EXTERNAL_ID"},
                "properties": {},
            }
        ),
        {"authorization": f"App {STRICT}"},
    ),
    "posthog": Unnumbered(
        "/batch/",
        lambda count, again: {
            "api_key": STRICT,
            "batch": [{"event": "Tapped", "distinct_id": "u1", "timestamp": AT, "properties": {}}] * count,
            "sent_at": "2026-11-21T12:00:00Z" if again else "2026-11-21T11:59:59Z",
        },
    ),
    "snowplow": Unnumbered(
        "/com.snowplowanalytics.snowplow/tp2",
        lambda count, again: {
            "data": [
                {
                    "e": "se",
                    "se_ca": "ui",
                    "se_ac": "tap",
                    "uid": "u1",
                    "aid": STRICT,
                    "dtm": str(SECONDS * 1000),
                    "stm": str((SECONDS + 1 + again) * 1000),
                }
            ]
            * count
        },
    ),
    "ga4": Unnumbered(
        "/mp/collect",
        lambda count, _: {
            "client_id": "1.2",
            "timestamp_micros": SECONDS * 1_000_000,
            "events": [{"name": "tap"}] * count,
        },
        query=f"measurement_id=G-1&api_secret={STRICT}",
    ),
}
"""Formats whose requests hold several events that need no id of their own."""

SINGLE = {
    "segment": Unnumbered(
        "/v1/track", lambda _, again: {**VIEW, "sentAt": NOON.isoformat() if again else AT}, BASIC
    ),
    "posthog": Unnumbered(
        "/i/v0/e/",
        lambda _, again: {
            "api_key": STRICT,
            "event": "Tapped",
            "distinct_id": "u1",
            "timestamp": AT,
            "sent_at": NOON.isoformat() if again else AT,
        },
    ),
    "user_com": Unnumbered(
        "/api/public/events",
        lambda *_: {"user_custom_id": "u1", "name": "Tapped", "timestamp": SECONDS},
        {"authorization": f"Token {STRICT}", "accept": "*/*; version=2"},
    ),
}


def send(stage: Stage, one: Unnumbered, count: int = 1, *, again: bool = False) -> Answer:
    headers = {"content-type": "application/json", "user-agent": "a server/1", **one.headers}
    answer = stage.request("POST", one.path, one.body(count, again), headers, query=one.query)
    assert answer.status < 300, answer
    return answer


@pytest.fixture
def stage() -> Stage:
    """A source that takes any event, by the key that the requests have."""
    sources = tuple(source.model_copy(update={"policy": "lenient"}) for source in SHOP.sources)
    return Stage(SHOP.model_copy(update={"sources": sources}))


@pytest.mark.parametrize(
    "one", [*SEVERAL.values(), *SINGLE.values()], ids=[*SEVERAL, *(f"one: {name}" for name in SINGLE)]
)
def test_an_event_with_a_time_has_the_same_id_when_it_comes_again(stage: Stage, one: Unnumbered) -> None:
    send(stage, one)
    stage.wait(60)
    send(stage, one, again=True)
    first, second = stage.events[: len(stage.events) // 2], stage.events[len(stage.events) // 2 :]
    assert first
    assert [event.id for event in first] == [event.id for event in second]


@pytest.mark.parametrize("one", SEVERAL.values(), ids=SEVERAL)
def test_equal_events_of_one_request_are_several_and_the_same_when_it_comes_again(
    stage: Stage, one: Unnumbered
) -> None:
    send(stage, one, 3)
    first = [event.id for event in stage.events]
    send(stage, one, 3, again=True)
    assert len(set(first)) == len(first) >= 3
    assert [event.id for event in stage.events[len(first) :]] == first


def test_what_is_sent_once_and_then_as_one_of_several_is_the_same_event(stage: Stage) -> None:
    send(stage, SINGLE["segment"])
    send(stage, SEVERAL["segment"], 2)
    assert stage.events[0].id == stage.events[1].id != stage.events[2].id


@pytest.mark.parametrize(
    "other",
    [
        {"timestamp": "2026-11-21T11:59:58.001Z"},
        {"userId": "u2"},
        {"event": "Tapped"},
        {"properties": {"item_id": "K2"}},
        {"context": {"page": {"url": "https://shop.example/2"}}},
    ],
)
def test_whatever_else_an_event_says_makes_it_another_one(stage: Stage, other: dict[str, Any]) -> None:
    for said in ({}, other):
        stage.post("/v1/track", {**VIEW, **said})
    assert len({event.id for event in stage.events}) == 2


def test_without_a_time_every_call_is_an_event_of_its_own(stage: Stage) -> None:
    for _ in range(2):
        stage.post("/v1/track", {name: value for name, value in VIEW.items() if name != "timestamp"})
    assert len({event.id for event in stage.events}) == 2


def test_an_id_that_a_sender_gave_twice_is_one_event(stage: Stage) -> None:
    stage.batch(*[{"type": "track", "messageId": "m1", **VIEW}] * 2)
    assert [event.id for event in stage.events] == ["m1", "m1"]


def test_a_purchase_that_its_sender_numbered_is_one_however_often_it_is_in_a_request(stage: Stage) -> None:
    """CleverTap's `Charged ID` is what a purchase is known by."""
    record = {
        "type": "event",
        "identity": "u1",
        "ts": SECONDS,
        "evtName": "Charged",
        "evtData": {"Amount": 1, "Currency": "EUR", "Charged ID": "o1"},
    }
    stage.request(
        "POST", "/1/upload", {"d": [record, record]}, {"content-type": "application/json", **CLEVERTAP}
    )
    assert len({event.id for event in stage.events}) == 1


def taking_anything(stage: Stage) -> None:
    """A newer workspace, whose sources are lenient."""
    sources = tuple(source.model_copy(update={"policy": "lenient"}) for source in SHOP.sources)
    stage.apply(SHOP.model_copy(update={"version": 2, "sources": sources}))


def test_an_event_that_is_read_again_by_a_newer_workspace_keeps_its_id() -> None:
    """Reading renames the user agent in place."""
    stage = Stage()
    tapped = {"userId": "u1", "event": "Tapped", "timestamp": AT, "context": {"userAgent": "app/1"}}
    stage.wait(5)
    taking_anything(stage)
    for _ in range(2):  # the first time by the older workspace too, which rejects it
        assert stage.post("/v1/track", tapped).body["accepted"] == 1
    assert len({event.id for event in stage.events}) == 1


def test_equal_events_that_were_rejected_are_several_after_their_replay() -> None:
    stage = Stage()
    unknown = {"type": "track", "userId": "u1", "event": "Tapped", "timestamp": AT}
    stage.batch(unknown, unknown)
    [request] = stage.kept
    taking_anything(stage)
    replay = Replay(
        workspace=CurrentWorkspace(stage.workspaces, stage.secrets, lambda: 0.0),
        stream=stage.stream,
        rejected=stage.rejected,
        secrets=SourceSecrets(stage.secrets, lambda: 0.0),
        clock=lambda: NOON,
    )
    replay.events([f"{request.request}-{item.index}" for item in request.items])
    assert len({event.id for event in stage.events}) == len(stage.events) == 2
