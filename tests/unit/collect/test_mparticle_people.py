"""What becomes of the people mParticle's clients speak of: from the request, over the stream, to the profile."""

from __future__ import annotations

from typing import Any

import pytest

from shared.stored import people
from tests.fakes import process_stage
from tests.fakes.collect_stage import BROWSER, LENIENT, SHOP, Stage

T = 1795262398000


class World:
    """The stages of collect and process, one after the other. Requests must be accepted."""

    def __init__(self) -> None:
        self.collect = Stage()
        self.process = process_stage.Stage(SHOP)

    def server(self, *events: dict[str, Any], **batch: Any) -> None:
        document = {"environment": "production", "events": list(events), **batch}
        assert self.collect.post("/v2/events", document, key=LENIENT).status == 202
        self._fold()

    def page(self, device: str, mpid: str, *events: dict[str, Any], **batch: Any) -> None:
        document = {"mp_deviceid": device, "mpid": mpid, "events": list(events), **batch}
        path = f"/v3/JS/{BROWSER}/events"
        assert self.collect.request("POST", path, document, {"content-type": "text/plain"}).status == 202
        self._fold()

    def identity(self, call: str, **known: str) -> str:
        """The id that the SDK is given."""
        return self._ask(call, {"known_identities": known})

    def modify(self, mpid: str, **changes: str) -> str:
        said = [{"identity_type": kind, "new_value": value} for kind, value in changes.items()]
        return self._ask(f"{mpid}/modify", {"identity_changes": said})

    def who(self, typed: str) -> dict[str, Any]:
        found = people.find(self.process.profiles, typed)
        return people.presented(found) if found is not None else {}

    def counted(self, typed: str, name: str) -> int:
        counters: dict[str, Any] = self.who(typed)["counters"]
        return int(counters[name]["count"]) if name in counters else 0

    def _ask(self, call: str, document: dict[str, Any]) -> str:
        answer = self.collect.request("POST", f"/identity/v1/{call}", document, {"x-mp-key": BROWSER})
        assert answer.status == 200
        self._fold()
        return str(answer.body["mpid"])

    def _fold(self) -> None:
        for entry in self.collect.stream.entries:
            self.process.deliver(self.process.lambda_record(entry.key, entry.data))
        self.collect.stream.entries.clear()


@pytest.fixture
def world() -> World:
    return World()


def did(name: str, **data: Any) -> dict[str, Any]:
    return {"event_type": "custom_event", "data": {"event_name": name, "custom_event_type": "other", **data}}


def of(type_: str, **data: Any) -> dict[str, Any]:
    return {"event_type": type_, "data": data}


def test_login_joins_what_the_browser_did_before(world: World) -> None:
    visitor = world.identity("identify", device_application_stamp="d-1")
    world.page("d-1", visitor, did("Menu Opened"))
    person = world.identity(
        "login", customerid="cust-77", email="ana@b.example", device_application_stamp="d-1"
    )
    world.page("d-1", person, did("Kettle Boiled"), user_identities={"customer_id": "cust-77"})

    assert world.who("cust-77")["key"] == "user:cust-77"
    assert world.counted("cust-77", "Menu Opened") == world.counted("cust-77", "Kettle Boiled") == 1
    assert world.who("cust-77")["traits"] == {"email": "ana@b.example"}
    for typed in ("d-1", visitor, person, f"mpid:{visitor}", f"mpid:{person}"):
        assert world.who(typed)["key"] == "user:cust-77", typed


def test_a_second_login_on_the_same_browser_starts_anew(world: World) -> None:
    world.identity("login", customerid="cust-77", device_application_stamp="d-1")
    world.identity("logout", device_application_stamp="d-1")
    other = world.identity("login", customerid="cust-78", device_application_stamp="d-1")
    world.page("d-1", other, did("Kettle Boiled"), user_identities={"customer_id": "cust-78"})
    assert world.counted("cust-78", "Kettle Boiled") == 1
    assert world.counted("cust-77", "Kettle Boiled") == 0
    assert world.who("d-1")["key"] == "user:cust-77"


def test_the_second_browser_of_somebody_joins_too(world: World) -> None:
    for device in ("d-1", "d-2"):
        visitor = world.identity("identify", device_application_stamp=device)
        world.page(device, visitor, did("Menu Opened"))
        world.identity("login", customerid="cust-77", device_application_stamp=device)
    assert world.counted("cust-77", "Menu Opened") == 2


def test_a_server_may_speak_of_somebody_by_the_sdks_id(world: World) -> None:
    person = world.identity("login", customerid="cust-77", device_application_stamp="d-1")
    world.server(did("Parcel Sent"), mpid=person)
    assert world.counted("cust-77", "Parcel Sent") == 1


def test_asking_who_is_there_again_says_nothing_new(world: World) -> None:
    for _ in range(3):
        world.identity("identify", customerid="cust-77", device_application_stamp="d-1")
    assert world.counted("cust-77", "identify") == 3
    assert world.counted("cust-77", "alias") == 1


def test_modify_adds_to_the_person_of_its_id(world: World) -> None:
    person = world.identity("login", customerid="cust-77", device_application_stamp="d-1")
    assert world.modify(person, email="ana@b.example", other2="crm-9") == person
    assert world.who("cust-77")["traits"] == {"email": "ana@b.example"}
    assert world.who("other_id_2:crm-9")["key"] == "user:cust-77"


def test_a_push_token_comes_and_goes_with_its_registration(world: World) -> None:
    phone = {
        "mp_deviceid": "phone",
        "user_identities": {"customer_id": "cust-77"},
        "device_info": {"platform": "iOS"},
    }
    world.server(of("push_registration", register=True, registration_token="t-1"), **phone)
    [device] = world.who("cust-77")["devices"]
    assert (device["id"], device["platform"], device["token"]) == ("phone", "ios", "t-1")
    world.server(of("push_registration", register=False, registration_token="t-1"), **phone)
    [device] = world.who("cust-77")["devices"]
    assert (device["id"], device["token"]) == ("phone", None)


@pytest.mark.parametrize(
    "uninstalled",
    [
        of("uninstall", custom_attributes={"token": "t-1"}),
        did("App Uninstalled", custom_attributes={"token": "t-1", "clevertapId": "another id of it"}),
    ],
)
def test_an_uninstall_forgets_the_device(world: World, uninstalled: dict[str, Any]) -> None:
    ana = {"customer_id": "cust-77"}
    registered = of("push_registration", register=True, registration_token="t-1")
    world.server(registered, user_identities=ana, mp_deviceid="phone")
    world.server(uninstalled, user_identities=ana)
    assert world.who("cust-77")["devices"] == []
    assert world.counted("cust-77", "App Uninstalled") == 1


def test_opting_out_withdraws_the_consent_to_tracking_and_opting_in_gives_it(world: World) -> None:
    ana = {"customer_id": "cust-77"}
    world.server(of("opt_out", is_opted_out=True, timestamp_unixtime_ms=T), user_identities=ana)
    assert world.who("cust-77")["consents"] == {"tracking": False}
    world.server(of("opt_out", is_opted_out=False, timestamp_unixtime_ms=T + 1000), user_identities=ana)
    assert world.who("cust-77")["consents"] == {"tracking": True}


def test_a_batch_that_is_sent_again_counts_once(world: World) -> None:
    batch = {
        "user_identities": {"customer_id": "cust-77"},
        "source_request_id": "r-1",
        "user_attributes": {"a": "b"},
    }
    for _ in range(2):
        world.server(did("Kettle Boiled"), did("Kettle Boiled"), **batch)
    assert world.counted("cust-77", "Kettle Boiled") == 2
    assert world.counted("cust-77", "identify") == 1


def test_clevertaps_utm_visited_is_the_visit(world: World) -> None:
    visited = did("UTM Visited", custom_attributes={"utm_source": "mail", "utm_campaign": "spring"})
    world.server(visited, user_identities={"customer_id": "cust-77"})
    assert world.counted("cust-77", "UTM Visited") == 1
    assert world.who("cust-77")["utm"] == {"utm_source": "mail", "utm_campaign": "spring"}


def test_a_message_that_clevertap_sent_is_no_visit_by_its_campaign(world: World) -> None:
    attributes = {"Campaign id": 1650, "Campaign name": "Spring"}
    world.server(
        did("Notification Viewed", custom_attributes=attributes), user_identities={"customer_id": "cust-77"}
    )
    assert world.counted("cust-77", "UTM Visited") == 0
