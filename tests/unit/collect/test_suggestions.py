"""What is refused for an unknown name says what may have been meant, at a cost that is bounded for each request."""

from __future__ import annotations

import difflib
from typing import Any

import pytest

from functions.collect.adapter.rejection import Rejection
from functions.collect.suggestions import plan_names
from functions.collect.suggestions.plan_names import MOST_NAMES, added
from shared.plan.reasons import Code, Reason
from shared.text.spelling import MOST_COMPARED, closest
from shared.workspace.model import EventDefinition, Workspace
from tests.fakes.collect_stage import SHOP, STRICT, Stage, purchase

KNOWN = ("Complete Purchase", "View Item", "Add To Cart", "item_id", "first_name")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Complete Purchas", "Complete Purchase"),
        ("complete purchase", "Complete Purchase"),
        ("completePurchase", "Complete Purchase"),
        ("complete_purchase", "Complete Purchase"),
        ("Veiw Item", "View Item"),
        ("itemId", "item_id"),
        ("item-id", "item_id"),
        ("Order Completed", None),
        ("", None),
        ("!!!!", None),
        ("日本語", None),
    ],
)
def test_the_closest_name(name: str, meant: str | None) -> None:
    assert closest(name, KNOWN) == meant


def messages(stage: Stage) -> list[str]:
    return [reason.message for item in stage.refused for reason in item.reasons]


def test_an_unknown_event_says_which_may_have_been_meant(stage: Stage) -> None:
    answer = stage.batch(purchase(event="complete purchase"), purchase(messageId="m2", event="Dance"))

    assert messages(stage) == [
        "the tracking plan has no event complete purchase; did you mean Complete Purchase?",
        "the tracking plan has no event Dance",
    ]
    assert "did you mean Complete Purchase?" in str(answer.body)


def test_an_unknown_property_says_which_may_have_been_meant(stage: Stage) -> None:
    stage.batch(purchase(properties={"amount": 1, "currency": "USD", "paidOn": "2026-01-01"}))

    assert messages(stage) == [
        "Complete Purchase has no property paidOn in the tracking plan; did you mean paid_on?"
    ]


def test_what_is_accepted_looks_nothing_up(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(plan_names, "closest", fail)

    assert stage.batch(purchase()).status == 200
    assert stage.batch(purchase(messageId="m2", properties={"amount": "x"})).status == 400


def rejected(names: list[str]) -> list[Rejection]:
    return [
        Rejection(at, {"name": name}, [Reason(Code.UNKNOWN_EVENT, "name", "unknown")])
        for at, name in enumerate(names)
    ]


def plan(size: int) -> Workspace:
    return Workspace(events=tuple(EventDefinition(id=f"Event {at:05}", name="E") for at in range(size)))


@pytest.mark.parametrize("names", [MOST_NAMES, MOST_NAMES + 1, 500])
def test_a_request_looks_up_so_many_names_however_many_it_has(
    names: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = []
    monkeypatch.setattr(plan_names, "closest", lambda name, _: looked_up.append(name))

    added(rejected([f"x{at}" for at in range(names)]), plan(3))

    assert len(looked_up) == MOST_NAMES


def test_the_same_name_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[str] = []

    def event(name: str, _: object) -> str:
        looked_up.append(name)
        return "Event"

    monkeypatch.setattr(plan_names, "closest", event)

    found = added(rejected(["Evnt"] * 500), plan(3))

    assert looked_up == ["Evnt"]
    assert all(one.reasons[0].message == "unknown; did you mean Event?" for one in found)


@pytest.mark.parametrize("size", [MOST_COMPARED, MOST_COMPARED + 1, 10_000])
def test_a_name_is_compared_with_so_many_however_large_the_plan(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []

    def counting(name: str, among: dict[str, str], **options: Any) -> list[str]:
        compared.append(len(among))
        return []

    monkeypatch.setattr(difflib, "get_close_matches", counting)

    closest("Evemt 00001", plan(size).definition_by_id)

    assert compared == [MOST_COMPARED]


def test_a_long_name_is_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    known = "E" * (plan_names.LONGEST + 1)
    workspace = Workspace(events=(EventDefinition(id=known, name="E"),))

    assert added(rejected([known.lower()]), workspace) == rejected([known.lower()])
    assert "did you mean" in str(added(rejected([known[:-1].lower()]), workspace))


def test_no_key_is_told_apart_from_an_unknown_one(stage: Stage) -> None:
    batch = {"batch": [purchase()]}
    none = stage.post("/v1/batch", batch, key=None)
    unknown = stage.post("/v1/batch", batch, key="hr_nobody")

    assert (none.status, none.body["code"]) == (401, "no_write_key")
    assert "writeKey" in none.body["message"]
    assert (unknown.status, unknown.body["code"]) == (401, "unknown_write_key")
    assert SHOP.source_by_id["strict"].id == STRICT.removeprefix("hr_")


Call = tuple[str, str, object, dict[str, str], str]

WITHOUT_A_KEY: dict[str, tuple[Call, Call, str]] = {
    "clevertap": (
        ("POST", "/1/upload", {"d": []}, {}, ""),
        ("POST", "/1/upload", {"d": []}, {"x-clevertap-account-id": "4711"}, ""),
        "X-CleverTap-Passcode",
    ),
    "ga4": (
        ("POST", "/mp/collect", {"events": []}, {}, ""),
        ("POST", "/mp/collect", {"events": []}, {}, "measurement_id=G-1&api_secret=x"),
        "api_secret",
    ),
    "posthog": (
        ("POST", "/capture", {"event": "E", "distinct_id": "u"}, {}, ""),
        ("POST", "/capture", {"event": "E", "distinct_id": "u", "api_key": "x"}, {}, ""),
        "api_key",
    ),
    "snowplow": (("GET", "/i", b"", {}, "e=pv"), ("GET", "/i", b"", {}, "e=pv&aid=x"), "aid"),
    "cloudevents": (
        ("POST", "/cloudevents", {}, {}, ""),
        ("POST", "/cloudevents", {}, {"authorization": "Bearer x"}, ""),
        "Authorization",
    ),
    "netmera": (
        ("POST", "/rest/3.0/fireEvents", [{}], {}, ""),
        ("POST", "/rest/3.0/fireEvents", [{}], {"x-netmera-api-key": "x"}, ""),
        "X-netmera-api-key",
    ),
    "user_com": (
        ("POST", "/api/public/events/", {}, {}, ""),
        ("POST", "/api/public/events/", {}, {"authorization": "Token x"}, ""),
        "Token",
    ),
    "infobip": (
        ("POST", "/peopleevents/2/persons/u1/definitions/E/events", {}, {}, ""),
        ("POST", "/peopleevents/2/persons/u1/definitions/E/events", {}, {"authorization": "App x"}, ""),
        "App",
    ),
}  # fmt: skip


@pytest.mark.parametrize("protocol", WITHOUT_A_KEY)
def test_every_format_says_where_the_key_belongs(stage: Stage, protocol: str) -> None:
    (method, path, body, headers, query), with_key, place = WITHOUT_A_KEY[protocol]
    none = stage.request(method, path, body, headers, query=query)
    method, path, body, headers, query = with_key
    unknown = stage.request(method, path, body, headers, query=query)

    assert none.status == unknown.status
    assert none.status in (401, 403)
    assert "no write key came" in str(none.body)
    assert place in str(none.body)
    assert "no source has this write key" in str(unknown.body)
