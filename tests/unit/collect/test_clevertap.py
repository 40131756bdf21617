"""CleverTap's uploads, beyond what the recorded pairs say: credentials, ids, limits, codes, replay."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from functions.collect import protocols
from functions.collect.adapter.wire_format import Call, Delivery, Parsed
from functions.collect.http.documents import body_of
from functions.collect.http.request import Request
from functions.collect.protocols.clevertap.record_codes import BY_CODE
from shared.plan.reasons import Code
from shared.workspace.model import Source
from shared.workspace.write_keys import key_hash
from tests.fakes.collect_stage import (
    LENIENT,
    METERED,
    NOON,
    SHOP,
    STRICT,
    Answer,
    Stage,
    basic,
    gateway_event,
)

PAYLOADS = sorted((Path(__file__).parents[2] / "payloads" / "clevertap").glob("*.json"))
SECONDS = 1795262398
CLEVERTAP = protocols.wire_format("clevertap")


def login(**fields: Any) -> dict[str, Any]:
    return {"type": "event", "identity": "cust-77", "ts": SECONDS, "evtName": "Login", **fields}


def upload(stage: Stage, *records: object, passcode: str = LENIENT, **gateway: Any) -> Answer:
    headers = {"x-clevertap-account-id": "ACC-1", "x-clevertap-passcode": passcode}
    return stage.request("POST", "/1/upload", {"d": list(records)}, headers, **gateway)


def codes(answer: Answer) -> list[int]:
    return [one["code"] for one in answer.body["unprocessed"]]


def accepting(credential: str, **source: Any) -> Stage:
    """A stage with one source that takes what a vendor's client shows already."""
    made = Source(id="vendor", name="Vendor", trust="server", key_hashes=(key_hash(credential),), **source)
    return Stage(SHOP.model_copy(update={"sources": (made,)}))


def test_a_team_that_changes_the_host_alone_keeps_its_account_and_passcode() -> None:
    stage = accepting("ACC-1:SECRET")
    assert upload(stage, login(), passcode="SECRET").status == 200
    assert upload(stage, login(), passcode="OTHER").status == 401
    assert [record.source for record in stage.records] == ["vendor"]


def test_the_account_alone_uploads_nothing() -> None:
    stage = accepting("ACC-1")
    assert upload(stage, login(), passcode="SECRET").status == 401
    assert not stage.records


def test_the_write_key_may_be_the_passcode_or_the_user_of_basic_authorization(stage: Stage) -> None:
    answer = stage.request("POST", "/1/upload", {"d": [login()]}, {"authorization": basic(f"{LENIENT}:")})
    assert (answer.status, upload(stage, login()).status) == (200, 200)
    assert [record.source for record in stage.records] == ["lenient", "lenient"]


def test_an_app_shows_its_account_and_token() -> None:
    stage = accepting("ACC-1:TOKEN")
    header = {"type": "meta", "g": "__a1", "id": "ACC-1", "tk": "TOKEN"}
    page = {"type": "page", "ep": SECONDS}
    assert stage.request("POST", "/a1", [header, page]).status == 200
    assert stage.request("POST", "/a1", [{**header, "tk": "OTHER"}, page]).status == 401
    [event] = stage.events
    assert (event.type, event.anonymous_id) == ("page", "__a1")


def test_the_same_record_again_has_the_same_id(stage: Stage) -> None:
    upload(stage, login(evtData={"a": 1, "b": 2}))
    upload(stage, login(evtData={"b": 2, "a": 1}))
    first, second = stage.events
    assert first.id == second.id


@pytest.mark.parametrize("changed", [{"identity": "cust-78"}, {"ts": SECONDS + 1}, {"evtData": {"a": 1}}])
def test_another_person_time_or_content_is_another_event(stage: Stage, changed: dict[str, Any]) -> None:
    upload(stage, login(), login(**changed))
    assert len({event.id for event in stage.events}) == 2


def test_equal_records_without_a_time_are_two_events(stage: Stage) -> None:
    upload(stage, login(ts=None), login(ts=None))
    first, second = stage.events
    assert first.id != second.id


def test_a_purchase_without_a_time_is_known_by_its_charged_id(stage: Stage) -> None:
    charged = login(ts=None, evtName="Charged", evtData={"Amount": 3, "Currency": "EUR", "Charged ID": "o-1"})
    upload(stage, charged, charged)
    first, second = stage.events
    assert first.id == second.id


def test_a_thousand_records_are_taken_and_no_more(stage: Stage) -> None:
    assert upload(stage, *[login(ts=SECONDS + n) for n in range(1000)]).body["processed"] == 1000
    refused = upload(stage, *[login()] * 1001)
    sentence = "a request holds at most 1000 records, 1001 came"
    assert (refused.status, refused.body) == (413, {"status": "fail", "error": sentence, "code": 413})


def test_a_body_beyond_the_sources_limit_is_413(stage: Stage) -> None:
    answer = upload(stage, *[login(evtData={"a": "x" * 1000})] * 600)
    assert (answer.status, answer.body["code"]) == (413, 413)


def test_more_than_a_source_may_send_is_429_in_the_formats_shape(stage: Stage) -> None:
    answers = [upload(stage, login(), passcode=METERED) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert (answers[2].body["status"], answers[2].body["code"]) == ("fail", 429)
    assert int(answers[2].headers["retry-after"]) >= 1


def test_what_cannot_be_stored_is_503_in_the_formats_shape(stage: Stage) -> None:
    stage.stream.item_faults.planned.append("all")
    answer = upload(stage, login())
    assert (answer.status, answer.body["status"], answer.body["code"]) == (503, "fail", 503)


def test_every_reason_has_a_number() -> None:
    assert set(BY_CODE) == set(Code)


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (login(evtName=None), 509),
        (login(evtName="x" * 300), 509),
        (login(evtData=["a"]), 512),
        (login(identity=None), 523),
        (login(identity="undefined"), 523),
        ({"identity": "cust-77"}, 524),
        ("text", 524),
        (login(ts="yesterday"), 525),
        (login(ts=True), 525),
        (login(ts=0), 525),
        (login(identity=None, objectId={}), 526),
        (login(evtData={"a": "x" * 40_000}), 522),
        ({"type": "profile", "identity": "cust-77"}, 524),
        ({"type": "profile", "identity": "cust-77", "profileData": {"MSG-sms": "perhaps"}}, 512),
        ({"type": "profile", "identity": "cust-77", "profileData": {"Points": {"$incr": "3"}}}, 512),
        ({"type": "token", "tokenData": {"id": "t", "type": "fcm"}, "objectId": []}, 530),
    ],
)
def test_a_record_fails_with_the_vendors_number(stage: Stage, record: Any, code: int) -> None:
    answer = upload(stage, record)
    assert (answer.status, answer.body["status"], codes(answer)) == (200, "fail", [code])
    assert answer.body["unprocessed"][0]["record"] == record
    assert len(stage.refused) == 1


def test_what_the_plan_does_not_have_is_a_discarded_event(stage: Stage) -> None:
    answer = upload(stage, login(), passcode=STRICT)
    assert codes(answer) == [528]


def test_a_record_that_json_cannot_say_again_is_told_without_itself(stage: Stage) -> None:
    body = b'{"d":[{"type":"event","identity":"c","evtName":"Login","evtData":{"a":NaN}}]}'
    headers = {"x-clevertap-account-id": "ACC-1", "x-clevertap-passcode": LENIENT}
    answer = stage.request("POST", "/1/upload", body, headers)
    assert (codes(answer), answer.body["unprocessed"][0]["record"]) == ([512], None)


@pytest.mark.parametrize("levels", [300, 980, 1000, 1015])
def test_data_nested_deeper_than_anybody_reads_is_refused(stage: Stage, levels: int) -> None:
    data = b'{"x":' + b"[" * levels + b"]" * levels + b"}"
    body = b'{"d":[{"type":"event","identity":"c","ts":%d,"evtName":"Login","evtData":%b}]}' % (SECONDS, data)
    headers = {"x-clevertap-account-id": "ACC-1", "x-clevertap-passcode": LENIENT}
    answer = stage.request("POST", "/1/upload", body, headers)
    assert (answer.status, answer.body["status"]) in ((200, "fail"), (400, "fail"))
    assert len(stage.refused) == 1


def test_records_that_fail_in_great_numbers_are_told_without_themselves() -> None:
    large = Source(
        id="large",
        name="Large",
        trust="server",
        key_hashes=(key_hash("hr_large"),),
        limits={"batch_bytes": 4 * 1024 * 1024},
    )
    stage = Stage(SHOP.model_copy(update={"sources": (large,)}))
    answer = upload(stage, *[login(identity=None, evtData={"a": '"' * 1000})] * 1000, passcode="hr_large")
    assert answer.body["status"] == "fail"
    assert {one["record"] for one in answer.body["unprocessed"]} == {None}
    assert len(answer.body["unprocessed"]) == 1000


@pytest.mark.parametrize("file", PAYLOADS, ids=[file.stem for file in PAYLOADS])
def test_an_item_kept_is_read_again_as_it_was(file: Path) -> None:
    request = orjson.loads(file.read_bytes())["request"]
    for call, parsed, delivery in _parsed(request):
        common = orjson.loads(orjson.dumps(parsed.common))
        for raw, item in zip(parsed.raw, parsed.items, strict=True):
            kept = orjson.loads(orjson.dumps(raw))
            arrival, again = CLEVERTAP.again(call.route.call, kept, common, delivery)
            assert arrival == parsed.arrival
            assert _without_chance(again[0]) == _without_chance(item[0])
            assert again[1] == item[1]


@pytest.mark.parametrize("file", PAYLOADS, ids=[file.stem for file in PAYLOADS])
def test_nothing_kept_names_a_credential(file: Path) -> None:
    request = orjson.loads(file.read_bytes())["request"]
    for _, parsed, _ in _parsed(request):
        kept = orjson.dumps([parsed.raw, parsed.common]).decode()
        assert not any(
            word in kept for word in ("hr_browser", "hr_lenient", "hr_strict", "secret-of-the-app", "ACC-1")
        )


def _parsed(request: dict[str, Any]) -> Iterator[tuple[Call, Parsed, Delivery]]:
    """Nothing where the whole request is refused."""
    raw = request["text"].encode() if "text" in request else orjson.dumps(request.get("body"))
    event = gateway_event(
        request.get("method", "POST"),
        request["path"],
        raw,
        request.get("headers", {}),
        query=request.get("query", ""),
    )
    made = Request.from_gateway(event)
    found = protocols.find(made.path)
    assert found is not None
    route = found.routes.get(made.method)
    if route is None or route.kind != "events":
        return
    body = body_of(made, route.document)
    if body.problem is not None or "dryRun" in made.query or (body.document or {}) == {}:
        return
    if isinstance(body.document, dict) and body.document.get("encrypted"):
        return
    call = Call(CLEVERTAP, route, {}, made, body)
    delivery = Delivery(made.path, NOON + timedelta(seconds=1), False, True, made.ip, made.user_agent)
    yield call, CLEVERTAP.parse(call, delivery), delivery


def _without_chance(fields: dict[str, Any]) -> dict[str, Any]:
    """Without the ids that every reading makes anew: those of events that have neither id nor time."""
    id_ = fields.get("id")
    try:
        made_anew = id_ is not None and "-" in id_ and uuid.UUID(id_).version == 7
    except ValueError:
        made_anew = False
    return {name: value for name, value in fields.items() if name != "id" or not made_anew}
