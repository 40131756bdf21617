"""An event that names nobody is told which of its fields may have been meant to."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from functions.collect.suggestions.misspelt_ids import MOST_EVENTS, MOST_FIELDS
from tests.fakes.collect_stage import LENIENT, Stage, basic, purchase

KEY = {"authorization": basic(f"{LENIENT}:")}


def of_segment(stage: Stage, **fields: Any) -> str:
    """What the sender is told of an event without an id but for these fields."""
    event = {"type": "track", "event": "E", "messageId": "m1", **fields}
    answer = stage.request("POST", "/v1/batch", {"batch": [event]}, KEY)
    assert answer.codes == [["no_identity"]]
    said: str = answer.body["message"]
    assert stage.refused[0].reasons[0].message == said  # as an operator reads it
    return said


@pytest.mark.parametrize(
    ("came", "meant"),
    [
        ("user_id", "userId"),
        ("userid", "userId"),
        ("UserId", "userId"),
        ("userID", "userId"),
        ("user-id", "userId"),
        ("usrId", "userId"),
        ("uid", "userId"),
        ("distinct_id", "userId"),
        ("anonymous_id", "anonymousId"),
        ("anonymousID", "anonymousId"),
        ("anonymouseId", "anonymousId"),
        ("visitorId", "anonymousId"),
    ],
)
def test_a_misspelt_id_is_named_with_the_one_that_was_meant(stage: Stage, came: str, meant: str) -> None:
    said = of_segment(stage, **{came: "u1"})

    assert said == f"userId or anonymousId is needed; {came} came, did you mean {meant}?"
    assert "u1" not in said


def test_an_id_in_another_object_is_named_by_its_path(stage: Stage) -> None:
    assert "; properties.user_id came, did you mean userId?" in of_segment(
        stage, properties={"user_id": 4711}
    )


def test_the_id_that_has_the_same_letters_goes_before_what_is_only_alike(stage: Stage) -> None:
    said = of_segment(stage, user="u2", properties={"anonymousId": "a1"}, user_id="u1")

    assert "; user_id came, did you mean userId?" in said


@pytest.mark.parametrize("value", [None, "", "null", "  ", True, [], {}, 1.5])
def test_a_field_that_names_nobody_was_not_meant(stage: Stage, value: object) -> None:
    assert of_segment(stage, user_id=value) == "userId or anonymousId is needed"


@pytest.mark.parametrize("fields", [{}, {"name": "Ann"}, {"event_name": "x"}, {"context": {"ip": "1.2.3.4"}}])
def test_nothing_is_guessed_from_other_fields(stage: Stage, fields: dict[str, Any]) -> None:
    assert of_segment(stage, **fields) == "userId or anonymousId is needed"


def test_a_placeholder_beside_a_misspelt_id_is_told_of_both(stage: Stage) -> None:
    said = of_segment(stage, userId="null", user_id="u1")

    assert said.startswith("'null' is a placeholder and names nobody")
    assert said.endswith("; user_id came, did you mean userId?")


@pytest.mark.parametrize("before", [MOST_FIELDS - 5, MOST_FIELDS])
def test_so_many_fields_are_looked_at(stage: Stage, before: int) -> None:
    """Of the event's own four come first."""
    fields = {f"f{at}": "x" for at in range(before)} | {"user_id": "u1"}

    assert ("did you mean" in of_segment(stage, **fields)) is (before < MOST_FIELDS)


@pytest.mark.parametrize("events", [MOST_EVENTS, MOST_EVENTS + 1, 200])
def test_so_many_events_of_a_request_are_told(stage: Stage, events: int) -> None:
    batch = [{"type": "track", "event": "E", "user_id": f"u{at}"} for at in range(events)]

    answer = stage.request("POST", "/v1/batch", {"batch": batch}, KEY)

    assert str(answer.body).count("did you mean") == MOST_EVENTS


BEARER = {"authorization": f"Bearer {LENIENT}"}

OTHERS: dict[str, tuple[str, str, object, dict[str, str], str, str]] = {
    "posthog": ("POST", "/batch", {"api_key": LENIENT, "batch": [{"event": "E", "distinctId": "u1"}]}, {}, "",
        "distinct_id is needed; distinctId came, did you mean distinct_id?"),
    "posthog from Segment": ("POST", "/capture", {"api_key": LENIENT, "event": "E", "userId": "u1"}, {}, "",
        "userId came, did you mean distinct_id?"),
    "ga4": ("POST", "/debug/mp/collect", {"clientId": "c1", "events": [{"name": "x"}]}, {},
        f"measurement_id=G-1&api_secret={LENIENT}", "; clientId came, did you mean client_id?"),
    "ga4, user": ("POST", "/debug/mp/collect", {"userId": "c1", "events": [{"name": "x"}]}, {},
        f"measurement_id=G-1&api_secret={LENIENT}", "; userId came, did you mean user_id?"),
    "cloudevents": ("POST", "/cloudevents",
        {"specversion": "1.0", "id": "1", "type": "T", "source": "/s", "data": {"userId": "u1"}}, BEARER, "",
        "; data.userId came, did you mean userid?"),
    "mparticle": ("POST", "/v2/events",
        {"environment": "production", "customer_id": "u1", "events": [{"event_type": "uninstall"}]},
        {"authorization": basic(f"{LENIENT}:secret")}, "",
        "; customer_id came, did you mean user_identities.customer_id?"),
    "netmera": ("POST", "/rest/3.0/fireEvents", [{"name": "x", "extID": "u1"}], {"x-netmera-api-key": LENIENT}, "",
        "; extID came, did you mean extId?"),
    "clevertap": ("POST", "/1/upload", {"d": [{"type": "event", "evtName": "x", "Identity": "u1"}]},
        {"x-clevertap-account-id": "A", "x-clevertap-passcode": LENIENT}, "",
        "; Identity came, did you mean identity?"),
    "user_com": ("POST", "/api/public/events/", {"name": "x", "customId": "u1"},
        {"authorization": f"Token {LENIENT}"}, "", "; customId came, did you mean custom_id?"),
    "snowplow": ("GET", "/i", b"", {}, f"e=pv&aid={LENIENT}&UID=u1", "; UID came, did you mean uid?"),
}  # fmt: skip


@pytest.mark.parametrize("case", OTHERS)
def test_every_format_names_the_misspelt_field_in_its_own_words(stage: Stage, case: str) -> None:
    method, path, body, headers, query, sentence = OTHERS[case]

    answer = stage.request(method, path, body, headers, query=query)

    assert sentence in str(answer.body) or sentence in stage.refused[0].reasons[0].message


def test_what_is_accepted_loads_nothing_of_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "functions.collect.suggestions.misspelt_ids", raising=False)

    assert stage.batch(purchase()).status == 200
    assert "functions.collect.suggestions.misspelt_ids" not in sys.modules
