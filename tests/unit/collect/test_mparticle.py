"""mParticle's contract beyond single requests: whose credentials count, limits, what comes twice, and replay."""

from __future__ import annotations

import copy
import re
import shlex
from pathlib import Path
from typing import Any

import orjson
import pytest

from functions.collect import protocols
from functions.collect.adapter.wire_format import Delivery
from functions.collect.protocols.mparticle import FORMAT
from shared.workspace.model import Limits, Source
from shared.workspace.write_keys import key_hash
from tests.fakes.collect_stage import BROWSER, LENIENT, METERED, NOON, OBSERVE, SHOP, STRICT, Stage, basic

PAIR, WEB_KEY = "us1-abc:secret", "us1-web"
DOCS = Path(__file__).parents[3] / "docs" / "protocols"
T = 1795262398000


def opened(**data: Any) -> dict[str, Any]:
    return {"event_type": "custom_event", "data": {"event_name": "Opened", **data}}


def batch(*events: object, **more: Any) -> dict[str, Any]:
    return {
        "environment": "production",
        "user_identities": {"customer_id": "cust-77"},
        "events": list(events),
        **more,
    }


@pytest.fixture
def switched() -> Stage:
    """With sources that accept what mParticle gave out, and one that may send little."""
    sources = (
        Source(id="server", name="Server", trust="server", key_hashes=(key_hash(PAIR),)),
        Source(id="page", name="Page", trust="browser", key_hashes=(key_hash(WEB_KEY),)),
        Source(
            id="small",
            name="Small",
            trust="server",
            key_hashes=(key_hash("hr_small"),),
            limits=Limits(batch_bytes=1024),
        ),
    )
    return Stage(SHOP.model_copy(update={"sources": sources}))


# credentials


def test_the_pair_that_mparticle_gave_out_is_enough(switched: Stage) -> None:
    answer = switched.request("POST", "/v2/events", batch(opened()), {"authorization": basic(PAIR)})
    assert (answer.status, [event.source for event in switched.events]) == (202, ["server"])


def test_the_key_of_a_pair_is_nothing_without_its_secret(switched: Stage) -> None:
    answer = switched.request("POST", "/v2/events", batch(opened()), {"authorization": basic("us1-abc:no")})
    assert (answer.status, switched.events) == (403, [])


def test_a_page_has_the_key_alone(switched: Stage) -> None:
    assert switched.request("POST", f"/v3/JS/{WEB_KEY}/events", batch(opened())).status == 202
    identify = {"known_identities": {"device_application_stamp": "d-1"}}
    assert switched.request("POST", "/identity/v1/identify", identify, {"x-mp-key": WEB_KEY}).status == 200
    assert {event.source for event in switched.events} == {"page"}


@pytest.mark.parametrize("authorization", [None, "", "Bearer hr_lenient", "Basic", "Basic %%%", "hr_lenient"])
def test_without_readable_credentials_it_is_401(stage: Stage, authorization: str | None) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    answer = stage.request("POST", "/v2/events", batch(opened()), headers)
    assert (answer.status, answer.body["errors"][0]["code"]) == (401, "UNAUTHORIZED")


def test_a_key_in_the_batch_is_not_kept_with_what_was_rejected(stage: Stage) -> None:
    stage.post("/v2/events", batch("no object", api_key="us1-secret"), key=LENIENT)
    stage.post("/v2/bulkevents", batch("no object", api_key="us1-secret"), key=LENIENT)
    assert len(stage.refused) == 2
    assert all(b"us1-secret" not in item.body for item in stage.refused)
    assert all(b"us1-secret" not in request.common for request in stage.kept)


# limits


def test_a_hundred_batches_are_taken_and_one_more_is_refused(stage: Stage) -> None:
    assert stage.post("/v2/bulkevents", [batch(opened())] * 100, key=LENIENT).status == 202
    assert len(stage.events) == 100
    answer = stage.post("/v2/bulkevents", [batch(opened())] * 101, key=LENIENT)
    assert (answer.status, answer.body["errors"][0]["message"]) == (
        400,
        "a bulk request holds at most 100 batches, 101 came",
    )
    assert len(stage.events) == 100


def test_too_many_events_are_413(stage: Stage) -> None:
    answer = stage.post("/v2/events", batch(*[{}] * 5001), key=LENIENT)
    assert (answer.status, answer.body["errors"][0]["code"]) == (413, "REQUEST_TOO_LARGE")


def test_too_large_a_request_is_413(switched: Stage) -> None:
    answer = switched.post("/v2/events", batch(opened(custom_attributes={"a": "x" * 2000})), key="hr_small")
    assert (answer.status, answer.body["errors"][0]["code"]) == (413, "REQUEST_TOO_LARGE")


def test_too_many_a_second_are_429_with_both_headers(stage: Stage) -> None:
    sent = [stage.post("/v2/events", batch(opened(), opened()), key=METERED) for _ in range(3)]
    answer = sent[-1]
    assert (answer.status, answer.body["errors"][0]["code"]) == (429, "TOO_MANY_REQUESTS")
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["x-mp-rate-limit-exceeded"] == "feed"


def test_what_could_not_be_stored_is_503(stage: Stage) -> None:
    stage.stream.item_faults.planned.append("all")
    answer = stage.post("/v2/events", batch(opened()), key=LENIENT)
    assert (answer.status, answer.body["errors"][0]["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert int(answer.headers["retry-after"]) > 0


# what comes twice


def ids(stage: Stage, *batches: dict[str, Any]) -> list[str]:
    for one in batches:
        assert stage.post("/v2/events", one, key=LENIENT).status == 202
    return [event.id for event in stage.events]


def test_a_batch_that_is_sent_again_has_the_ids_it_had(stage: Stage) -> None:
    one = batch(opened(), opened(), source_request_id="r-1", user_attributes={"plan": "gold"})
    found = ids(stage, one, one)
    assert found[:3] == found[3:]
    assert len(set(found)) == 3


def test_a_batch_id_does_not_make_other_content_the_same(stage: Stage) -> None:
    found = ids(
        stage,
        batch(opened(), source_request_id="r-1"),
        batch(opened(custom_attributes={"menu": "main"}), source_request_id="r-1"),
        batch(opened(), opened(), source_request_id="r-2"),
    )
    assert len(set(found)) == 4


@pytest.mark.parametrize("field", ["source_message_id", "event_id"])
def test_an_event_has_its_own_id(stage: Stage, field: str) -> None:
    assert ids(stage, batch(opened(**{field: "m-1"}), source_request_id="r-1")) == ["m-1"]


def test_equal_events_of_one_time_are_one_and_without_a_time_they_are_two(stage: Stage) -> None:
    timed = ids(stage, batch(opened(timestamp_unixtime_ms=T)), batch(opened(timestamp_unixtime_ms=T)))
    assert len(set(timed)) == 1
    stage.stream.entries.clear()
    assert len(set(ids(stage, batch(opened()), batch(opened())))) == 2


def test_two_people_who_do_the_same_at_once_do_two_things(stage: Stage) -> None:
    event = opened(timestamp_unixtime_ms=T)
    found = ids(stage, batch(event), batch(event, user_identities={"customer_id": "cust-78"}))
    assert len(set(found)) == 2


# times


def test_an_event_has_its_own_time_else_its_batchs(stage: Stage) -> None:
    events = (opened(timestamp_unixtime_ms=T), opened())
    stage.post("/v2/events", batch(*events, timestamp_unixtime_ms=T + 500), key=LENIENT)
    assert [event.occurred_at.timestamp() for event in stage.events] == [T / 1000, T / 1000 + 0.5]


def test_an_export_of_last_week_is_not_a_wrong_clock(stage: Stage) -> None:
    week = 7 * 24 * 3600 * 1000
    stage.post("/v2/events", batch(opened(), timestamp_unixtime_ms=T - week), key=LENIENT)
    assert [event.occurred_at.timestamp() for event in stage.events] == [(T - week) / 1000]


# people


@pytest.mark.parametrize(
    ("said", "other_ids"),
    [
        ({"email": "Ana@Shop.example"}, {"email": "ana@shop.example"}),
        ({"mobile_number": "+44 20 7946 0000"}, {"phone": "+442079460000"}),
        ({"facebookcustomaudienceid": "f"}, {"facebook_custom_audience_id": "f"}),
        ({"other10": "x"}, {"other_id_10": "x"}),
        ({"other_id_10": "x"}, {"other_id_10": "x"}),
        ({"phone_number_3": "3"}, {"phone_number_3": "3"}),
        ({"crm": "c-1"}, {"crm": "c-1"}),
    ],
)
def test_who_has_no_customer_id_is_known_by_the_others(
    stage: Stage, said: dict[str, str], other_ids: dict[str, str]
) -> None:
    assert stage.post("/v2/events", batch(opened(), user_identities=said), key=LENIENT).status == 202
    assert {event.user_id for event in stage.events} == {None}
    assert [event.other_ids for event in stage.events if event.type == "track"] == [other_ids]


@pytest.mark.parametrize("spelling", ["customer_id", "customerid", "CustomerId", "1"])
def test_a_customer_id_is_the_user_id_however_it_is_spelled(stage: Stage, spelling: str) -> None:
    stage.post(
        "/v2/events", batch(opened(), user_identities={spelling: "cust-77", "7": "a@b.example"}), key=LENIENT
    )
    identified, event = stage.events
    assert (event.user_id, event.other_ids) == ("cust-77", {})
    assert identified.traits == {"email": "a@b.example"}


def test_the_device_is_the_anonymous_id_and_mparticles_own_id_one_of_the_others(stage: Stage) -> None:
    stage.post("/v2/events", batch(opened(), mpid=-7, mp_deviceid="d-1", user_identities=None), key=LENIENT)
    assert [(e.anonymous_id, e.other_ids) for e in stage.events] == [("d-1", {"mpid": "-7"})]


def test_a_kind_that_would_be_a_user_id_by_the_back_door_is_refused(stage: Stage) -> None:
    answer = stage.post(
        "/v2/events", batch(opened(), user_identities={"user": "cust-1"}, mpid=5), key=LENIENT
    )
    assert (answer.status, stage.events) == (400, [])
    assert "user_identities has no kind of identity called user" in answer.body["errors"][0]["message"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"consent_state": {"gdpr": {"ads": {"consented": "yes"}}}}, "consent_state.gdpr.ads.consented"),
        ({"deleted_user_attributes": "plan"}, "deleted_user_attributes"),
        ({"user_attributes": ["plan"]}, "user_attributes"),
        ({"device_info": "iPhone"}, "device_info"),
        ({"user_identities": "cust-77", "mpid": 5}, "user_identities"),
    ],
)
def test_what_a_batch_says_wrongly_is_named(stage: Stage, said: dict[str, Any], field: str) -> None:
    stage.post("/v2/events", batch(opened(), **{"user_attributes": {"plan": "gold"}, **said}), key=LENIENT)
    [reason] = stage.refused[0].reasons
    assert (reason.code, reason.field) == ("malformed", field)


# the identity calls


def mpid(stage: Stage, call: str = "login", **known: str) -> str:
    answer = stage.request("POST", f"/identity/v1/{call}", {"known_identities": known}, {"x-mp-key": BROWSER})
    assert answer.status == 200
    return str(answer.body["mpid"])


def test_the_same_person_has_the_same_id_on_every_device_and_another_than_a_visitor(stage: Stage) -> None:
    phone = mpid(stage, customerid="cust-77", device_application_stamp="phone")
    laptop = mpid(stage, customerid="cust-77", device_application_stamp="laptop")
    visitor = mpid(stage, "identify", device_application_stamp="phone")
    assert phone == laptop != visitor
    assert visitor == mpid(stage, "logout", device_application_stamp="phone")
    assert all(re.fullmatch(r"[1-9]\d{0,18}", one) for one in (phone, visitor))


def test_an_address_logs_in_too(stage: Stage) -> None:
    by_address = mpid(stage, email="Ana@shop.example", device_application_stamp="phone")
    assert by_address == mpid(stage, email="ana@shop.example", device_application_stamp="laptop")
    assert by_address != mpid(stage, "identify", device_application_stamp="phone")


def test_a_modify_leaves_the_sdk_the_id_and_the_login_it_has(stage: Stage) -> None:
    changes = {"identity_changes": [{"identity_type": "email", "new_value": "ana@shop.example"}]}
    answer = stage.request("POST", "/identity/v1/998/modify", changes, {"x-mp-key": BROWSER})
    assert (answer.body["mpid"], answer.body["is_logged_in"]) == ("998", True)


def test_a_server_that_knows_the_sdks_id_alone_speaks_of_the_same_person(stage: Stage) -> None:
    person = mpid(stage, customerid="cust-77", device_application_stamp="phone")
    stage.post("/v2/events", batch(opened(), user_identities=None, mpid=int(person)), key=LENIENT)
    login, alias, event = stage.events
    assert login.other_ids == alias.other_ids == event.other_ids == {"mpid": person}
    assert (alias.user_id, alias.previous_id, event.anonymous_id) == ("cust-77", person, person)


# replay

PAYLOADS = sorted((Path(__file__).parents[2] / "payloads" / "mparticle").glob("*.json"))


@pytest.mark.parametrize("file", PAYLOADS, ids=[file.stem for file in PAYLOADS])
def test_every_item_is_read_again_as_it_was_read(stage: Stage, file: Path) -> None:
    request = orjson.loads(file.read_bytes())["request"]
    seen: list[tuple[Any, Delivery, Any]] = []

    def parse(call: Any, delivery: Delivery) -> Any:
        parsed = FORMAT.parse(call, delivery)
        seen.append((call, delivery, copy.deepcopy(parsed)))  # what is accepted is typed in place
        return parsed

    watched = FORMAT._replace(parse=parse)
    others = protocols.wire_format
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            protocols, "wire_format", lambda name: watched if name == FORMAT.name else others(name)
        )
        body = request.get("text", "").encode() or orjson.dumps(request.get("body"))
        stage.request(request.get("method", "POST"), request["path"], body, request["headers"])
    for call, delivery, parsed in seen:
        raws = orjson.loads(orjson.dumps(parsed.raw))
        common = orjson.loads(orjson.dumps(parsed.common))
        for raw, item in zip(raws, parsed.items, strict=True):
            _, (fields, reasons) = FORMAT.again(call.route.call, raw, common, delivery)
            assert reasons == item[1]
            assert {**fields, "id": None} == {**item[0], "id": None}


def test_what_a_new_definition_allows_is_replayed(stage: Stage) -> None:
    stage.post("/v2/events", batch(opened(timestamp_unixtime_ms=T), source_request_id="r-1"), key=STRICT)
    [kept], [item] = stage.kept, stage.refused
    common = orjson.loads(kept.common)
    delivery = Delivery(kept.path, NOON, False, False, None, None)
    _, (fields, reasons) = FORMAT.again(common["call"], orjson.loads(item.body), common["shared"], delivery)
    assert reasons == []
    assert (fields["name"], fields["user_id"], fields["id"]) == ("Opened", "cust-77", item.event_id)


# the pages


def commands(page: str) -> list[str]:
    return re.findall(r"```sh\n(curl .*?)```", (DOCS / page).read_text(), re.DOTALL)


@pytest.mark.parametrize("page", ["mparticle.md", "clevertap-mparticle-feed.md"])
def test_the_pages_example_works(stage: Stage, page: str) -> None:
    [command] = commands(page)
    words = shlex.split(command.replace("\\\n", " "))
    url, user, body = words[1], words[words.index("-u") + 1], words[words.index("-d") + 1]
    path = url.removeprefix("$COLLECT_URL")
    key = user.replace("$WRITE_KEY", OBSERVE)
    answer = stage.request("POST", path, body, {"authorization": basic(key)})
    assert answer.status == 202
    assert {event.user_id for event in stage.events} == {"cust-77"}
    assert stage.refused == []
