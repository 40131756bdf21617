"""Infobip's API beyond its pairs: all or nothing, people who must be known, replay, installations of the app."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.collect.adapter.field_names import reworded
from functions.collect.protocols import wire_format
from functions.collect.protocols.infobip import FORMAT
from functions.collect.protocols.infobip.person import TYPES
from functions.collect.replay.reading import delivery_of
from shared.failures import Unavailable
from shared.fold.profile import Changes, Profile
from shared.workspace.model import Limits, Source
from shared.workspace.write_keys import key_hash
from tests.fakes.collect_server import serving
from tests.fakes.collect_stage import BROWSER, LENIENT, SHOP, STRICT, Answer, Stage, basic
from tests.unit.collect.refusals.infobip import is_refusal

PAGE = (Path(__file__).parents[3] / "docs" / "protocols" / "infobip.md").read_text(encoding="utf-8")

BATCH = "/people/3/events"
APP = "/mobile/1/appinstance"


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-9, 9),
    st.text(max_size=40),
    st.lists(st.none(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
)
EVENTS = JUNK | st.fixed_dictionaries(
    {},
    optional={
        "definitionId": st.just("clicked") | JUNK,
        "occurredTime": st.just("2026-11-21T11:59:00.000Z") | JUNK,
        "eventId": st.just("e1") | JUNK,
        "properties": JUNK,
        "identifier": JUNK
        | st.fixed_dictionaries(
            {}, optional={"id": st.just("cust-77") | JUNK, "type": st.sampled_from(TYPES) | JUNK}
        ),
    },
)


def post(
    stage: Stage, path: str, body: object = b"", query: str = "", key: str = LENIENT, method: str = "POST"
) -> Answer:
    return stage.request(method, path, body, {"authorization": f"App {key}"}, query=query)


def person_event(stage: Stage, body: object, query: str = "identifierType=EXTERNAL_ID") -> Answer:
    return post(stage, "/peopleevents/2/persons/cust-77/definitions/clicked/events", body, query)


def clicked(event_id: str | None = None, **fields: Any) -> dict[str, Any]:
    made = {
        "definitionId": "clicked",
        "occurredTime": "2026-11-21T11:59:00.000Z",
        "identifier": {"id": "cust-77", "type": "EXTERNAL_ID"},
        **({"eventId": event_id} if event_id else {}),
    }
    return {**made, **fields}


def codes(answer: Answer) -> list[tuple[int, int]]:
    return [(error["index"], error["code"]) for error in answer.body["errors"]]


def everything_again(stage: Stage) -> list[tuple[dict[str, Any], list[Any]]]:
    """Each rejected event read once more from what was kept of it."""
    found = []
    for request in stage.kept:
        common = orjson.loads(request.common)
        for item in request.items:
            raw = orjson.loads(item.body)
            delivery = delivery_of(request, common)
            found.append(wire_format("infobip").again(common["call"], raw, common["shared"], delivery)[1])
    return found


def _throttled(_keys: object) -> None:
    raise Unavailable("throttled")


@pytest.mark.parametrize(
    "authorization",
    [
        "App a key",
        "app a key",
        "IBSSO a key",
        "Bearer a key",
        basic("a key:"),
        basic("a key:password"),
        basic("a key"),
    ],
)
def test_each_of_infobips_schemes_shows_the_key(stage: Stage, authorization: str) -> None:
    source = Source(id="shop", name="Shop", trust="server", key_hashes=(key_hash("a key"),))
    stage.apply(SHOP.model_copy(update={"sources": (source,)}))
    answer = stage.request("POST", BATCH, [clicked()], {"authorization": authorization})
    assert (answer.status, [event.source for event in stage.events]) == (202, ["shop"])


def test_user_and_password_may_be_one_credential(stage: Stage) -> None:
    source = Source(id="shop", name="Shop", trust="server", key_hashes=(key_hash("shop:s3cret"),))
    stage.apply(SHOP.model_copy(update={"sources": (source,)}))
    right, wrong = (basic(f"shop:{password}") for password in ("s3cret", "guess"))
    assert stage.request("POST", BATCH, [clicked()], {"authorization": right}).status == 202
    assert stage.request("POST", BATCH, [clicked()], {"authorization": wrong}).status == 401


def test_a_batch_holds_five_thousand_events_and_no_more(stage: Stage) -> None:
    big = SHOP.model_copy(
        update={
            "sources": (
                Source(
                    id="big",
                    name="Big",
                    trust="server",
                    key_hashes=(key_hash("big"),),
                    limits=Limits(batch_bytes=4 * 1024 * 1024),
                ),
            )
        }
    )
    stage.apply(big)
    events = [clicked(f"e{number}") for number in range(5001)]
    assert post(stage, BATCH, events[:5000], key="big").status == 202
    assert len(stage.events) == 5000

    refused = post(stage, BATCH, events, key="big")
    assert (refused.status, codes(refused)) == (400, [(-1, 400503)])
    assert len(stage.events) == 5000


def test_a_body_too_large_is_a_problem(stage: Stage) -> None:
    answer = post(stage, BATCH, [clicked(properties={"text": "x" * 600_000})])
    assert (answer.status, is_refusal(answer)) == (413, True)


def test_a_malformed_event_keeps_its_batch_from_being_stored_and_all_of_it_can_be_replayed(
    stage: Stage,
) -> None:
    answer = post(stage, BATCH, [clicked("e1"), clicked("no id!"), clicked("e3")])
    assert (answer.status, codes(answer), stage.events) == (400, [(1, 400504)], [])

    read = everything_again(stage)
    assert [(fields["id"], reasons) for fields, reasons in read if not reasons] == [("e1", []), ("e3", [])]


def test_what_the_plan_refuses_leaves_the_others_of_its_batch_alone(stage: Stage) -> None:
    bad = clicked("e2", definitionId="Complete Purchase", properties={"amount": "much", "currency": "EUR"})
    answer = post(stage, BATCH, [clicked("e1"), bad])
    assert (answer.status, codes(answer)) == (202, [(1, 400501)])
    assert answer.body["errors"][0]["details"][0]["property"] == "properties.amount"
    assert [event.id for event in stage.events] == ["e1"]


def test_a_batch_sent_again_has_the_same_ids_with_or_without_ids_of_its_own(stage: Stage) -> None:
    for _ in range(2):
        post(stage, BATCH, [clicked("e1"), clicked(), clicked(properties={"place": "menu"})])
    ids = [event.id for event in stage.events]
    assert ids[:3] == ids[3:]
    assert len(set(ids)) == 3


def test_two_equal_events_of_one_request_are_two_unless_they_say_they_are_one(stage: Stage) -> None:
    post(stage, BATCH, [clicked(), clicked()])
    post(stage, BATCH, [clicked("e1"), clicked("e1")])
    first, second, third, fourth = (event.id for event in stage.events)
    assert first != second
    assert third == fourth == "e1"


def test_single_events_without_an_id_are_new_each_time(stage: Stage) -> None:
    made = [person_event(stage, {"properties": {}}).body["eventId"] for _ in range(2)]
    assert [event.id for event in stage.events] == made
    assert len(set(made)) == 2


@pytest.mark.parametrize("body", [b"", {}, {"properties": None}, {"properties": {}, "eventId": None}])
def test_an_event_may_have_nothing_more_to_say(stage: Stage, body: object) -> None:
    assert person_event(stage, body).status == 201


@pytest.mark.parametrize("event_id", ["", "x" * 37, "a b", "ä", 7, True])
def test_an_event_id_has_its_rule(stage: Stage, event_id: object) -> None:
    answer = person_event(stage, {"eventId": event_id})
    assert answer.status == 400
    assert "eventId" in answer.body["requestError"]["serviceException"]["validationErrors"]


@pytest.mark.parametrize("person", ["null", "undefined", "guest", "0000"])
def test_placeholders_name_nobody(stage: Stage, person: str) -> None:
    path = f"/peopleevents/2/persons/{person}/definitions/clicked/events"
    answer = post(stage, path, {}, "identifierType=EXTERNAL_ID&createPerson=false")
    assert answer.status == 400
    assert "personId" in answer.body["requestError"]["serviceException"]["validationErrors"]


def test_a_person_who_must_be_known_is_looked_up_by_the_identity_named(stage: Stage) -> None:
    stage.profiles.save(Changes((Profile("user:cust-77"),), ()), at=stage.now)
    asked = "createPerson=false&identifierType="
    assert person_event(stage, {}, f"{asked}EXTERNAL_ID").status == 201
    assert person_event(stage, {}, f"{asked}FACEBOOK").status == 404
    stage.profiles.save(Changes((Profile("facebook:cust-77"),), ()), at=stage.now)
    assert person_event(stage, {}, f"{asked}FACEBOOK").status == 201


def test_an_event_of_a_stranger_is_kept_and_a_replay_takes_it(stage: Stage) -> None:
    person_event(stage, {"eventId": "e1"}, "identifierType=EMAIL&createPerson=false")
    assert (stage.events, [item.event_id for item in stage.refused]) == ([], ["e1"])
    [(fields, reasons)] = everything_again(stage)
    assert (fields["id"], fields["other_ids"], reasons) == ("e1", {"email": "cust-77"}, [])


def test_who_is_known_cannot_be_asked_while_profiles_cannot_be_read(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage.profiles, "load", _throttled)
    answer = person_event(stage, {}, "identifierType=EXTERNAL_ID&createPerson=false")
    assert (answer.status, is_refusal(answer), stage.kept) == (503, True, [])


def test_a_registration_is_told_the_same_id_for_the_same_token(stage: Stage) -> None:
    tokens = ("t1", "t1", "t2", None, None)
    ids = [
        post(stage, APP, {"pushServiceToken": token}, "ri=true", BROWSER).body["pushRegId"]
        for token in tokens
    ]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 4
    assert [event.anonymous_id for event in stage.events] == ids


@pytest.mark.parametrize("value", ["NaN", "1e999", '"\\ud800"', '{"a":' * 300 + "1" + "}" * 300])
def test_a_registration_is_told_back_whatever_it_holds(stage: Stage, value: str) -> None:
    """What it says besides is nobody's business here, and no reason for an app to try for ever."""
    body = f'{{"pushServiceToken":"t1","pushServiceType":"APNS","regEnabled":{value}}}'
    answer = stage.request("POST", "/mobile/1/appinstance", body, {"authorization": f"App {STRICT}"})
    assert answer.status == 200
    assert "regEnabled" in answer.body


def test_an_installation_and_a_server_mean_the_same_person_by_its_id(stage: Stage) -> None:
    post(stage, f"{APP}/reg-1/user/events/custom", {"events": [{"definitionId": "clicked"}]}, key=BROWSER)
    path = "/peopleevents/2/persons/reg-1/definitions/clicked/events"
    post(stage, path, {}, "identifierType=PUSH")
    app, server = stage.events
    assert set(server.identities) <= set(app.identities)


@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_the_apps_person_is_changed_by_patch_or_by_a_post_that_means_it(stage: Stage, method: str) -> None:
    answer = post(stage, f"{APP}/reg-1/user", {"firstName": "Ana"}, key=BROWSER, method=method)
    assert (answer.status, stage.events[0].traits) == (200, {"first_name": "Ana"})


def test_an_app_that_does_not_validate_is_told_only_when_nothing_came_in(stage: Stage) -> None:
    path = f"{APP}/reg-1/user/events/custom"
    good, bad = {"definitionId": "View Item", "date": "2026-11-21T11:59:00+0000"}, {"definitionId": "dance"}
    assert post(stage, path, {"events": [good, bad]}, "validate=false", STRICT).status == 200
    assert post(stage, path, {"events": [bad]}, "validate=false", STRICT).status == 400
    assert post(stage, path, {"events": [good, bad]}, "validate=true", STRICT).status == 400


@pytest.mark.parametrize(("key", "status", "stored"), [(LENIENT, 202, 2), (STRICT, 202, 1)])
def test_a_time_that_cannot_be_read_is_its_own_events_matter(
    stage: Stage, key: str, status: int, stored: int
) -> None:
    """Only a strict source rejects for it, and then that event alone."""
    good = {**clicked("e1"), "definitionId": "View Item", "properties": {}}
    answer = post(stage, BATCH, [good, {**good, "eventId": "e2", "occurredTime": "noon"}], key=key)
    assert answer.status == status
    assert len(stage.events) == stored
    assert len(stage.refused) == 2 - stored


def test_an_answer_stays_small_however_many_events_were_refused(stage: Stage) -> None:
    answer = post(stage, BATCH, [{"definitionId": "x"} for _ in range(5000)])
    assert answer.status == 400
    assert len(answer.body["errors"]) == 1001
    assert len(stage.refused) == 5000


@given(EVENTS)
def test_an_event_of_a_batch_is_read_the_same_from_what_is_kept(raw: object) -> None:
    stage = Stage()
    if post(stage, BATCH, [raw]).status == 202:
        return
    [(_, reasons)] = everything_again(stage)
    kept = [(reason.code.value, reason.field) for reason in stage.refused[0].reasons]
    said = reworded(reasons, FORMAT.words.fields, FORMAT.words.somebody)
    assert [(reason.code.value, reason.field) for reason in said] == kept


def test_the_examples_of_the_page_work(stage: Stage) -> None:
    definers = tuple(source.model_copy(update={"may_define": True}) for source in SHOP.sources)
    stage.apply(SHOP.model_copy(update={"sources": definers}))
    examples = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    with serving(stage) as server:
        known = {"PATH": os.environ["PATH"], "COLLECT_URL": server.url, "WRITE_KEY": LENIENT}
        told = [
            orjson.loads(
                subprocess.run(
                    ["bash", "-c", f"{example.strip()} -sS"],
                    env=known,
                    capture_output=True,
                    check=True,
                    timeout=30,
                ).stdout
            )
            for example in examples
        ]
    event, definition = told
    assert (event["eventId"], [one.user_id for one in stage.events]) == ("cart-1881", ["cust-77"])
    assert {field["name"]: field["type"] for field in definition["fields"]} == {
        "stars": "Numeric",
        "comment": "String",
    }
