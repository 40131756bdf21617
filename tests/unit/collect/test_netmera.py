"""What a pair of request and record cannot say of Netmera's API: keys, limits, replay, reads, what people become."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from functions.collect.adapter.wire_format import Call, Delivery
from functions.collect.http.body import Body
from functions.collect.http.request import Request
from functions.collect.protocols.netmera import FORMAT
from functions.collect.protocols.netmera.answers import OF_REASON
from functions.collect.protocols.netmera.standard_events import CLASSES, CODES
from shared.fold.parts.consents import Consent, Consents
from shared.fold.parts.devices.device import Device, Devices
from shared.fold.parts.traits import Traits
from shared.fold.profile import Changes, Profile
from shared.fold.state import States
from shared.plan.reasons import Code
from shared.workspace.model import Source
from shared.workspace.write_keys import key_hash
from tests.fakes import process_stage
from tests.fakes.collect_server import serving
from tests.fakes.collect_stage import LENIENT, METERED, NOON, SHOP, Answer, Stage
from tests.fakes.folding import Person

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "protocols" / "netmera.md").read_text(encoding="utf-8")
CALLS = {route.path: route for route in FORMAT.routes if route.kind == "events"}
REQUESTS = {
    file.stem: request
    for file in sorted((ROOT / "tests" / "payloads" / "netmera").glob("*.json"))
    if (request := orjson.loads(file.read_bytes())["request"])["path"] in CALLS and "body" in request
}
"""Of the pairs, those that bring something."""

STANDARD_NAMES = {
    "n:sv": "screen", "n:cl": "Login", "n:rg": "Registration", "n:sr": "Search", "n:sh": "Share",
    "n:bc": "Click Banner", "n:cv": "View Category", "n:bl": "Battery Level", "n:ip": "In-App Purchase",
    "n:vp": "View Item", "n:cp": "Comment Item", "n:wl": "Add To Wish List", "n:rp": "Rate Item",
    "n:acp": "Add To Cart", "n:rcp": "Remove From Cart", "n:vt": "View Cart", "n:ph": "Complete Purchase",
    "n:co": "Cancel Order", "n:vc": "View Content", "n:rc": "Rate Content", "n:cc": "Comment Content",
}  # fmt: skip


def send(stage: Stage, call: str, body: object, key: str = LENIENT) -> Answer:
    return stage.post(f"/rest/3.0/{call}", body, {"X-netmera-api-key": key}, key=None)


def read(stage: Stage, call: str, query: str, key: str = LENIENT, **headers: str) -> Answer:
    headers = {"x-netmera-api-key": key, "host": "collect.example", **headers}
    return stage.request("GET", f"/rest/3.0/{call}", b"", headers, query=query)


@pytest.fixture
def ada(stage: Stage) -> Stage:
    """A stage that knows `cust-77`."""
    traits = {"first_name": "Ada", "phone": "+905551112233", "birthday": "1989-10-14", "age": 34}
    consents = {"push": Consent(True, NOON), "category:Shopping": Consent(False, NOON)}
    devices = (
        Device("d-1", "ios", date(2026, 11, 20), None, "iPhone"),
        Device("d-2", "android", date(2026, 11, 20), "token-2", "Pixel"),
        Device("d-3", "android", date(2026, 11, 21), "token-3"),
    )
    states = States(traits=Traits(traits), consents=Consents(consents), devices=Devices(devices))
    stage.profiles.save(Changes(profiles=(Profile("user:cust-77", states=states),)), at=NOON)
    return stage


@pytest.mark.parametrize("code", CODES)
def test_a_standard_event_has_our_name(stage: Stage, code: str) -> None:
    event = {"extId": "u1", "name": code, "er": 1, "es": 1, "currency": "EUR"}
    assert send(stage, "fireEvents", [event]).status == 200
    assert [one.name for one in stage.events] == [STANDARD_NAMES[code]]


@pytest.mark.parametrize(("name", "code"), CLASSES.items())
def test_a_class_is_the_same_event_as_its_code(stage: Stage, name: str, code: str) -> None:
    names = (f"{name}Event", f"Netmera{name}Event", f"NetmeraEvent{name}")
    events = [{"extId": "u1", "name": one, "grandTotal": 1, "currency": "EUR"} for one in names]
    assert send(stage, "fireEvents", events).status == 200
    assert [one.name for one in stage.events] == 3 * [STANDARD_NAMES[code]]


def test_every_reason_has_a_number() -> None:
    assert set(OF_REASON) == set(Code)


def test_every_code_of_the_sdks_is_known() -> None:
    assert set(CODES) == set(STANDARD_NAMES) == set(CLASSES.values())


def test_an_attribute_says_the_same_by_either_key(stage: Stage) -> None:
    """Those of REST and of the SDKs, of an event and of a product in its list."""
    short = {
        "ea": "K-17",
        "eb": "Kettle",
        "eq": 39.5,
        "ec": 2,
        "ga": ["c"],
        "ef": ["Kettles"],
        "eh": "B",
        "gd": "b",
    }
    long = {"itemId": "K-17", "itemName": "Kettle", "price": 39.5, "itemCount": 2, "categoryIds": ["c"],
            "categoryNames": ["Kettles"], "brandName": "B", "brandId": "b"}  # fmt: skip
    listed = {**long, "id": "K-17", "name": "Kettle"}
    del listed["itemId"], listed["itemName"]
    order = {"extId": "u1", "name": "n:ph", "es": 39.5, "currency": "EUR"}
    send(
        stage,
        "fireEvents",
        [
            {"extId": "u1", "name": "n:acp", **short},
            {"extId": "u1", "name": "AddToCartEvent", **long},
            {**order, "items": [short]},
            {**order, "items": [listed]},
        ],
    )
    by_code, by_class, first, second = (event.properties for event in stage.events)
    assert by_code == by_class
    assert first["items"] == second["items"] == [
        {"item_id": "K-17", "name": "Kettle", "price": 39.5, "quantity": 2, "category_ids": ["c"],
         "category": "Kettles", "brand": "B", "brand_id": "b"}
    ]  # fmt: skip


def test_our_own_name_of_an_attribute_wins(stage: Stage) -> None:
    purchase = {"extId": "u1", "name": "n:ph", "es": 1, "grandTotal": 2, "amount": 3, "currency": "EUR"}
    send(stage, "fireEvents", [purchase])
    assert stage.events[0].properties["amount"] == 3


def test_two_equal_events_are_two(stage: Stage) -> None:
    event = {"extId": "u1", "name": "Clicked"}
    send(stage, "fireEvents", [event, event])
    assert len({one.id for one in stage.events}) == 2


@pytest.mark.parametrize(
    "headers", [{"X-netmera-api-key": "the vendor's key"}, {"X-Netmera-Api-Key": "hr_new"}]
)
def test_a_team_may_keep_its_vendors_key(headers: dict[str, str]) -> None:
    hashes = tuple(map(key_hash, ("hr_new", "the vendor's key")))
    source = Source(id="server", name="Server", trust="server", key_hashes=hashes)
    stage = Stage(SHOP.model_copy(update={"sources": (source,)}))
    answer = stage.post("/rest/3.0/fireEvents", [{"extId": "u1", "name": "A"}], headers, key=None)
    assert (answer.status, answer.body) == (200, None)


def test_more_than_5000_people_are_too_many(stage: Stage) -> None:
    answer = send(stage, "tagUsers", {"tag": "Sport", "extIds": ["u1"] * 5001})
    assert answer.status == 413
    assert answer.body["code"] == 2101
    assert not stage.events


def test_a_flood_is_told_to_come_back(stage: Stage) -> None:
    events = [{"extId": "u1", "name": "A"}] * 2
    assert send(stage, "fireEvents", events, METERED).status == 200
    answer = send(stage, "fireEvents", events, METERED)
    assert (answer.status, answer.body["code"]) == (429, 5022)
    assert int(answer.headers["retry-after"]) > 0


def test_what_cannot_be_stored_is_to_be_sent_again(stage: Stage) -> None:
    stage.stream.item_faults.planned.append("all")
    answer = send(stage, "fireEvents", [{"extId": "u1", "name": "A"}])
    assert (answer.status, answer.body["code"]) == (503, 2001)


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_each_item_is_read_again_as_it_was(request_: dict[str, Any]) -> None:
    path = request_["path"]
    route = CALLS[path]
    came = Request("POST", path, request_["headers"], "", None, "", False)
    call = Call(FORMAT, route, {}, came, Body(b"", request_["body"], None))
    delivery = Delivery(path, NOON, False, False, None, None)
    parsed = FORMAT.parse(call, delivery)
    again = [FORMAT.again(route.call, raw, parsed.common, delivery)[1] for raw in parsed.raw]
    for fields, _ in (*parsed.items, *again):
        fields.pop("id", None)  # made up at each reading; replay keeps the first
    assert again == parsed.items


def test_an_attribute_is_set_changed_and_gone(stage: Stage) -> None:
    person = Person(key="user:id1")
    for call, profile in (
        ("setProfileAttributes", {"surname": "Byron", "age": 34, "visited": ["a"]}),
        ("pushProfileAttributes", {"visited": ["b", "c"]}),
        ("pullProfileAttributes", {"visited": ["a"]}),
        ("unsetProfileAttributes", ["age"]),
    ):
        assert send(stage, call, [{"extId": "id1", "profile": profile}]).status == 200
    send(stage, "tagUsers", {"tag": ["Sport", "News"], "extIds": ["id1"]})
    send(stage, "untagUsers", {"tag": "News", "extIds": ["id1"]})
    person.does(*stage.events)
    assert person.profile.states.traits.values == {
        "last_name": "Byron", "visited": ["b", "c"], "tags": ["Sport"],
    }  # fmt: skip


def test_one_device_without_push_leaves_the_others(stage: Stage) -> None:
    for token in ("token-1", "token-2"):
        send(stage, "registerUsers", [{"extId": "id1", "deviceToken": token, "platform": "ANDROID"}])
    send(stage, "enablePush", {"extId": "id1"})
    send(stage, "disablePush", {"deviceToken": "token-1"})
    person = Person(key="user:id1")
    person.does(*(event.model_copy(update={"user_id": "id1"}) for event in stage.events))
    assert [device.token for device in person.profile.states.devices.known] == [None, "token-2"]
    assert person.profile.states.consents.channels["push"].given


def test_a_category_called_email_is_not_the_channel(stage: Stage) -> None:
    send(stage, "setCategoryPreferences", [{"extId": "id1", "category": "email", "enable": False}])
    person = Person(key="user:id1")
    person.does(*stage.events)
    assert list(person.profile.states.consents.channels) == ["category:email"]


def test_what_was_sent_is_read_back(stage: Stage) -> None:
    send(stage, "registerUsers", [{"extId": "id1", "deviceToken": "token-1", "platform": "IOS"}])
    send(
        stage,
        "setProfileAttributes",
        [{"extId": "id1", "profile": {"surname": "Byron", "dateOfBirth": 624326400000}}],
    )
    send(stage, "setCategoryPreferences", [{"extId": "id1", "category": "Shopping", "enable": True}])
    send(stage, "enablePush", {"deviceToken": "token-1"})
    process = process_stage.Stage(stage.workspaces.load(1))
    process.profiles = stage.profiles
    process.restart()
    for entry in stage.stream.entries:
        process.deliver(process.lambda_record(entry.key, entry.data, stage.now))
    profile = read(stage, "getProfileAttributes", "extId=id1").body["profile"]
    assert profile == {"surname": "Byron", "dateOfBirth": 624326400000}
    assert read(stage, "getCategoryPreferences", "extId=id1").body == {
        "categoryPreferences": {"Shopping": True}
    }
    assert read(stage, "getDevices", "extId=id1").body["devices"] == [
        {"platform": "IOS", "token": "token-1", "deviceModel": None, "pushPermitted": True}
    ]


def test_attributes_are_read_by_netmeras_names(ada: Stage) -> None:
    answer = read(ada, "getProfileAttributes", "extId=cust-77")
    profile = {"name": "Ada", "msisdn": "+905551112233", "dateOfBirth": 624326400000, "age": 34}
    assert (answer.status, answer.body) == (200, {"extId": "cust-77", "profile": profile})


def test_preferences_are_read_without_the_channels(ada: Stage) -> None:
    answer = read(ada, "getCategoryPreferences", "externalId=cust-77")
    assert answer.body == {"categoryPreferences": {"Shopping": False}}


@pytest.mark.parametrize(
    ("query", "models"), [("", [None, "Pixel", "iPhone"]), ("&pushPermitted=true", [None, "Pixel"])]
)
def test_devices_are_read(ada: Stage, query: str, models: list[str | None]) -> None:
    answer = read(ada, "getDevices", f"extId=cust-77{query}")
    assert answer.body["extId"] == "cust-77"
    assert [device["deviceModel"] for device in answer.body["devices"]] == models
    assert answer.body["devices"][0] == {
        "platform": "ANDROID", "token": "token-3", "deviceModel": None, "pushPermitted": True,
    }  # fmt: skip


def test_tokens_are_read_page_by_page(ada: Stage) -> None:
    tokens, query = [], "extId=cust-77&max=1"
    while query:
        page: dict[str, Any] = read(ada, "getDeviceTokens", query).body
        assert page["total"] == 2
        tokens += [device["token"] for device in page["devices"]]
        query = page.get("nextPage", "").partition("?")[2]
    assert tokens == ["token-3", "token-2"]


@pytest.mark.parametrize("ext_id", ["nobody", "x" * 3000, "%00", "%ED%A0%80"])
def test_nobody_has_no_devices(ada: Stage, ext_id: str) -> None:
    answer = read(ada, "getDevices", f"extId={ext_id}")
    assert (answer.status, answer.body) == (400, {"error": "nobody has this extId", "code": 5016})


@pytest.mark.parametrize("query", ["max=-1", "max=x", "offset=1e3", "offset=99999999999"])
def test_a_page_is_a_whole_number(ada: Stage, query: str) -> None:
    answer = read(ada, "getDeviceTokens", f"extId=cust-77&{query}")
    assert (answer.status, answer.body["code"]) == (400, 2020)


def test_the_example_of_the_page_works(stage: Stage) -> None:
    [example] = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    with serving(stage) as server:
        environment = {**os.environ, "COLLECT_URL": server.url, "WRITE_KEY": LENIENT}
        done = subprocess.run(
            ["bash", "-ec", example], env=environment, capture_output=True, text=True, timeout=30
        )
    assert (done.returncode, done.stdout.strip()) == (0, "200"), done.stderr
    [event] = stage.events
    assert (event.name, event.user_id, event.properties["amount"]) == ("Complete Purchase", "cust-77", 39.5)


def test_the_page_names_every_standard_event_and_call() -> None:
    for code, name in STANDARD_NAMES.items():
        assert f"| `{code}` |" in PAGE
        assert name == "screen" or f"`{name}`" in PAGE
    for route in FORMAT.routes:
        assert re.search(rf"[`/]{route.call}`", PAGE)
