"""What the fold makes of devices and their tokens: one behaviour a test."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.fold import ORDER, fold
from shared.fold.parts.devices.tokens import PUSH_TOKEN_INVALID
from shared.fold.state import States
from shared.times import milliseconds
from shared.workspace.model import Workspace
from tests.fakes.folding import NOON, Person, did

DAY = timedelta(days=1)


def phone(token: str | None = "t1", version: str = "1.0", device: str = "d1") -> dict[str, object]:
    described = {"id": device, "type": "ios", "model": "iPhone", **({"token": token} if token else {})}
    return {"device": described, "app": {"name": "Shop", "version": version}}


def test_a_device_keeps_its_token_when_an_event_does_not_name_it() -> None:
    ann = Person()
    ann.does(did(context=phone("t1")), did(context=phone(None)))
    [device] = ann.profile.states.devices.known
    assert (device.id, device.platform, device.token, device.model) == ("d1", "ios", "t1", "iPhone")


def test_a_token_moves_with_a_reinstalled_app_and_twenty_devices_are_kept() -> None:
    ann = Person()
    ann.does(did(context=phone("t1", device="old")), did(context=phone("t1", device="new")))
    assert [device.id for device in ann.profile.states.devices.known] == ["new"]
    for n in range(25):
        ann.does(did(context=phone(f"t{n}", device=f"d{n}")))
    assert [device.id for device in ann.profile.states.devices.known] == [f"d{n}" for n in range(5, 25)]


@pytest.mark.parametrize(("other_said", "moves"), [(-1, False), (0, True), (1, True)])
def test_a_token_that_another_said_no_earlier_is_not_registered(other_said: int, *, moves: bool) -> None:
    ann = Person()
    said = did(context=phone("t1"))
    others = {"t1": milliseconds(NOON) + other_said}
    outcome = fold(ann.profile, [said, said], Workspace(), NOON, tokens=others)
    assert outcome.registered == (() if moves else ("t1",))
    assert outcome.states.devices.known[0].token_moved is moves


def test_merging_with_somebody_without_devices_leaves_the_order_of_use() -> None:
    ann = Person()
    ann.does(
        did(context=phone("t1", device="d1"), at=NOON),
        did(context=phone("t2", device="d2"), at=NOON - 3 * DAY),
    )
    assert ORDER.merge(ann.profile.states, States()) == ann.profile.states


def test_a_token_that_a_provider_refused_is_dropped() -> None:
    ann = Person()
    ann.does(did(context=phone("t1")))
    ann.does(did(PUSH_TOKEN_INVALID, type="system", source="headrace", properties={"token": "t1"}))
    assert ann.profile.states.devices.known[0].token is None


def test_an_app_that_reports_another_version_is_said_to_have_changed() -> None:
    ann = Person()
    ann.does(did(context=phone(version="1.0")), did(context=phone(version="1.0")))
    assert "App Version Changed" not in [name for name, _ in ann.said]
    ann.does(did(context=phone(version="1.1")))
    assert ("App Version Changed", {"app": "Shop", "version": "1.1", "previous_version": "1.0"}) in ann.said


@pytest.mark.parametrize("named", [{"id": "d1"}, {"token": "t1"}, {"id": "new", "token": "t1"}])
def test_a_device_whose_registration_ended_loses_its_token_and_stays(named: dict[str, str]) -> None:
    ann = Person()
    ann.does(did(context=phone("t1")), did(context=phone("t2", device="d2")))
    ann.does(did(context={"device": {**named, "registered": False}}))
    assert [(device.id, device.token) for device in ann.profile.states.devices.known] == [
        ("d1", None),
        ("d2", "t2"),
    ]
    ann.does(did(context={"device": {"id": "d1", "token": "t3", "registered": True}}))
    assert ann.profile.states.devices.known[-1].token == "t3"


@pytest.mark.parametrize("named", [{"id": "d1"}, {"token": "t1"}])
def test_a_device_that_was_removed_is_forgotten(named: dict[str, str]) -> None:
    ann = Person()
    ann.does(did(context=phone("t1")), did(context=phone("t2", device="d2")))
    ann.does(did(context={"device": {**named, "removed": True}}))
    assert [device.id for device in ann.profile.states.devices.known] == ["d2"]


@pytest.mark.parametrize("ended", [{"registered": False}, {"removed": True}])
def test_a_device_nobody_knew_is_not_made_by_its_end(ended: dict[str, bool]) -> None:
    ann = Person()
    ann.does(did(context={"device": {"id": "d1", "token": "t1", **ended}}))
    assert ann.profile.states.devices.known == ()


@pytest.mark.parametrize(
    ("type_", "platform"),
    [
        *[(word, "ios") for word in ("ios", "APNS", "apns_sandbox")],
        *[(word, "android") for word in ("Android", "gcm", "FCM")],
        *[(word, "web") for word in ("web_push", "chrome", "firefox", "Safari")],
        *[(word, "other") for word in ("adm", "BAIDU", "hms", "huawei")],
        ("toaster", "android"),  # no word we know: the operating system says
    ],
)
def test_a_devices_type_says_where_its_token_leads(type_: str, platform: str) -> None:
    ann = Person()
    described = {"id": "d1", "token": "t1", "type": type_}
    ann.does(did(context={"device": described, "os": {"name": "Android"}}))
    assert ann.profile.states.devices.known[0].platform == platform
