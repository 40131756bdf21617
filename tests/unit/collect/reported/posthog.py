"""Of PostHog's own capture service: its tests, and requests recorded from its SDKs."""

from __future__ import annotations

from typing import Any

from tests.fakes.collect_stage import BROWSER, OBSERVE, STRICT
from tests.unit.collect.reported.row import Reported

V1 = {"authorization": f"Bearer {OBSERVE}", "content-type": "application/json"}

UUID = "0192f6d4-0000-7000-8000-00000000000"


def batch(*events: object, key: str | None = OBSERVE, path: str = "/batch", **said: Any) -> Reported:
    body: dict[str, Any] = {"batch": list(events)}
    return Reported(path, body if key is None else {"api_key": key, **body}, **said)


def v1(*events: object, **said: Any) -> Reported:
    return Reported("/i/v1/analytics/events", {"batch": list(events)}, V1, **said)


def one(name: str = "Look Around", id_: object = "u1", **beside: object) -> dict[str, Any]:
    return {"event": name, "distinct_id": id_, **beside}


def identified(id_: object, user: str) -> Reported:
    return batch(one(id_=id_), events=({"user_id": user},))


def refused(id_: object, code: str) -> Reported:
    return batch(one(id_=id_), status=400, answer={"code": code, "attr": "distinct_id"}, refused=((code,),))


SEVERAL = {"type": "authentication_error", "code": "several_keys"}
EMPTY = {"type": "validation_error", "code": "empty_batch", "detail": "the request holds no event"}

ROWS = {
    "the newest path, every event rejected and none with a uuid": v1(
        one(id_="null"),
        one(id_=None),
        status=400,
        answer={
            "type": "validation_error",
            "code": "no_identity",
            "detail": "none of the 2 events was accepted",
        },
        refused=(("no_identity",), ("no_identity",)),
    ),
    "the newest path, the event without a uuid rejected and the other accepted": v1(
        one(uuid=UUID + "1"),
        one(id_="null"),
        answer={"results": {UUID + "1": {"result": "ok"}}},
        events=({"user_id": "u1"},),
        refused=(("no_identity",),),
    ),
    "the newest path, everything rejected with uuids": v1(
        one(id_="null", uuid=UUID + "1"),
        answer={"results": {UUID + "1": {"result": "drop"}}},
        refused=(("no_identity",),),
    ),
    "keys of two sources in one batch": batch(
        one(properties={"token": OBSERVE}),
        one(properties={"token": STRICT}),
        key=None,
        status=401,
        answer={
            **SEVERAL,
            "detail": "the events of a batch must show the key of one source; these show keys of: observe, strict",
        },
    ),
    "keys of two sources in a list": Reported(
        "/e", [one(api_key=OBSERVE), one(token=BROWSER)], status=401, answer=SEVERAL
    ),
    "a known key and one that nobody has": Reported(
        "/e", [one(token=OBSERVE), one(token="phc_gone")], status=401, answer=SEVERAL
    ),
    "one key for some of a list's events": Reported(
        "/e", [one(), one(properties={"token": OBSERVE})], events=({"user_id": "u1"}, {"user_id": "u1"})
    ),
    "a batch's own key counts for all of its events": batch(
        one(properties={"token": STRICT}), events=({"properties": {"token": STRICT}},)
    ),
    "a distinct id that is a number with a fraction": identified(23.4, "23.4"),
    "a distinct id that is a whole number": identified(23, "23"),
    "a distinct id of more digits than a number holds": Reported(
        "/e",
        f'{{"api_key": "{OBSERVE}", "event": "Look Around", "distinct_id": 123456789012345678901234567890}}',
        events=({"user_id": "123456789012345678901234567890"},),
    ),
    "a distinct id of 200 characters": identified("é" * 200, "é" * 200),
    "a distinct id of 201 characters": identified("é" * 201, "é" * 200),
    "a distinct id that is a list": refused(["u1"], "malformed"),
    "a distinct id that is an object": refused({"id": "u1"}, "malformed"),
    "a distinct id that is null": refused(None, "no_identity"),
    "an alias and an anonymous id that are numbers": batch(
        one("$create_alias", "u1", properties={"alias": 23.4}),
        one("$identify", "u1", properties={"$anon_distinct_id": 0.5}),
        events=({"user_id": "u1", "previous_id": "23.4"}, {"user_id": "u1", "anonymous_id": "0.5"}),
    ),
    "a device id of more than 200 characters that is the distinct id": batch(
        one(id_="d" * 300, properties={"$device_id": "d" * 300}),
        events=({"user_id": None, "anonymous_id": "d" * 200},),
    ),
    "an empty batch": batch(status=400, answer=EMPTY),
    "an empty list": Reported("/e", [], query=f"token={OBSERVE}", status=400, answer=EMPTY),
    "an empty batch on the newest path": v1(status=400, answer={"code": "empty_batch"}),
    "heatmaps and warnings of the client are taken and not kept": batch(
        one("$$heatmap", properties={"$heatmap_data": {"https://shop.example": [{"x": 1}]}}),
        one(),
        one("$$client_ingestion_warning"),
        one("$snapshot"),
        answer={"status": "Ok"},
        events=({"name": "Look Around"},),
    ),
    "heatmaps alone": Reported(
        "/e", one("$$heatmap", properties={"token": OBSERVE}), answer={"status": "Ok"}
    ),
    "a rejected event is told by its place in the request": batch(
        one("$$heatmap"),
        one(),
        one(id_="null", uuid=UUID + "1"),
        answer={"status": "Ok", "rejected": [
            {"index": 2, "uuid": UUID + "1", "reasons": [{
                "code": "no_identity", "field": "distinct_id",
                "message": "'null' is a placeholder and names nobody: distinct_id is needed",
            }]},
        ]},
        events=({"name": "Look Around"},),
        refused=(("no_identity",),),
    ),
    "the newest path, a heatmap beside an event": v1(
        one("$$heatmap", uuid=UUID + "1"),
        one(uuid=UUID + "2"),
        answer={"results": {UUID + "1": {"result": "ok"}, UUID + "2": {"result": "ok"}}},
        events=({"name": "Look Around"},),
    ),
    "an event of the page's own that begins alike": batch(one("$$mine"), events=({"name": "$$mine"},)),
    "a property to unset that is no name": batch(
        one("$unset", properties={"$unset": ["plan", 5]}),
        events=({"type": "identify", "traits": {"plan": None}},),
        observed=("entry_unreadable",),
    ),
}  # fmt: skip
