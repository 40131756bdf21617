"""Requests that a campaign found, as small as they became: each failed once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fakes.collect_stage import LENIENT, basic
from tests.fuzz import nesting
from tests.fuzz.checks import finding
from tests.fuzz.sent import Sent
from tests.fuzz.target import Target

PAIR = {"authorization": basic(f"{LENIENT}:")}
IGLU = "iglu:com.snowplowanalytics.snowplow"


def deep(levels: int) -> str:
    """JSON's reader takes 1,024 levels; `str` of so many is a RecursionError."""
    return "[" * levels + "]" * levels


def kind_of_identity(levels: int) -> Sent:
    """Its name was repeated to the sender."""
    body = '{"events":[{"event_type":"custom_event"}],"user_identities":[{"identity_type":%s}]}'
    return Sent("", "POST", "/v2/events", "", PAIR, (body % deep(levels)).encode())


def snowplows(event: str, data: str, entities: str = "") -> Sent:
    described = (
        f'{{"schema":"{IGLU}/unstruct_event/jsonschema/1-0-0","data":{{"schema":"{event}","data":{data}}}}}'
    )
    fields: dict[str, Any] = {"e": "ue", "eid": "e1", "duid": "v1", "aid": LENIENT, "ue_pr": described}
    if entities:
        fields["co"] = f'{{"schema":"{IGLU}/contexts/jsonschema/1-0-1","data":[{entities}]}}'
    body = json.dumps({"schema": "x", "data": [fields]}).encode()
    return Sent("", "POST", "/com.snowplowanalytics.snowplow/tp2", body=body)


def terms_of_a_search(levels: int) -> Sent:
    """They were joined to a text."""
    return snowplows(f"{IGLU}/site_search/jsonschema/1-0-0", f'{{"terms":[{deep(levels)}]}}')


def step_of_a_checkout(levels: int) -> Sent:
    """It was compared as a text."""
    step = f'{{"schema":"{IGLU}.ecommerce/checkout_step/jsonschema/1-0-0","data":{{"step":{deep(levels)}}}}}'
    return snowplows(
        f"{IGLU}.ecommerce/snowplow_ecommerce_action/jsonschema/1-0-2", '{"type":"checkout_step"}', step
    )


def in_ga4(place: str) -> Any:
    """A context's empty parts were left out by a function that called itself for whatever was sent in them, and a word
    of consent was made a text of."""

    def sent(levels: int) -> Sent:
        nested = '{"a":' * levels + "1" + "}" * levels
        events = '"app_instance_id":"d1","events":[{"name":"x","params":{}}]'
        body = "{" + events + "," + place.replace("*", nested) + "}"
        return Sent("", "POST", "/mp/collect", f"api_secret={LENIENT}", {}, body.encode())

    return sent


def in_posthog(event: str, properties: str) -> Any:
    """Ids were made of texts of them."""

    def sent(levels: int) -> Sent:
        event_ = f'{{"event":"{event}","distinct_id":"u1","properties":{{{properties.replace("*", deep(levels))}}}}}'
        return Sent(
            "", "POST", "/capture", "", {}, (f'{{"api_key":"{LENIENT}","batch":[' + event_ + "]}").encode()
        )

    return sent


DEEP = [
    kind_of_identity,
    terms_of_a_search,
    step_of_a_checkout,
    in_ga4('"user_agent":*'),
    in_ga4('"device":{"category":*}'),
    in_ga4('"user_location":{"city":*}'),
    in_ga4('"consent":{"ad_user_data":*}'),
    in_posthog("x", '"$cookieless_mode":true,"$host":*'),
    in_posthog("$groupidentify", '"$group_type":*,"$group_key":"a"'),
    in_posthog("$groupidentify", '"$group_type":"a","$group_key":*'),
]


@pytest.mark.parametrize("body", [b'"text"', b"1", b"[1]", b""])
def test_a_body_that_is_no_object_is_not_given_back_as_one(body: bytes) -> None:
    """Of a call whose body nobody reads."""
    path, headers = "/mobile/1/appinstance/reg-1/depersonalize", {"authorization": f"App {LENIENT}"}
    asked = Sent("", "POST", path, "ri=true", headers, body)
    assert finding(Target(), asked) is None
    assert Target().ask(asked).text == "{}"


@pytest.mark.parametrize("levels", [1, 100, 500, 900, 960, 980, 990, 1000, 1010, 1015, 1100])
@pytest.mark.parametrize("sent", DEEP)
def test_what_is_nested_as_deep_as_json_may_be_is_answered(sent: Any, levels: int) -> None:
    assert finding(Target(), sent(levels)) is None


def test_so_it_is_with_any_field() -> None:
    target = Target()
    found = {what for sent in nesting.sample(150, 1) if (what := finding(target, sent))}
    assert found == set()
