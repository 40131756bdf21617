"""What CleverTap's attributes become: marked times, traits, consents, changes, the purchase, the context."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.collect.protocols.clevertap import traits
from functions.collect.protocols.clevertap.standard_events import translated
from functions.collect.protocols.clevertap.system_events import context_of, session_of
from functions.collect.protocols.clevertap.wire_values import plain, seconds
from functions.collect.vocabularies.clevertap import SYSTEM_EVENTS


@pytest.mark.parametrize(
    ("came", "kept"),
    [
        ("$D_1796083200", "2026-12-01T00:00:00Z"),
        ("$D_-86400", "1969-12-31T00:00:00Z"),
        ("$D_1753056000000", "2025-07-21T00:00:00Z"),
        ("$D_-631152000000", "1950-01-01T00:00:00Z"),
        ("$D_9999999999", "2286-11-20T17:46:39Z"),
        ("$D_10000000000", "1970-04-26T17:46:40Z"),
        ("$D_9999999999999", "2286-11-20T17:46:39.999000Z"),
        ("$D_10000000000000", "$D_10000000000000"),
        ("$D_--1", "$D_--1"),
        ("$D_tomorrow", "$D_tomorrow"),
        ("$D_", "$D_"),
        ("$D_1e9", "$D_1e9"),
        ("$D_99999999999999", "$D_99999999999999"),
        ("$E_red", "red"),
        ("$5 off", "$5 off"),
        (["$D_0", {"a": "$D_60"}], ["1970-01-01T00:00:00Z", {"a": "1970-01-01T00:01:00Z"}]),
        (39.5, 39.5),
        (None, None),
    ],
)
def test_a_marked_value_is_read(came: object, kept: object) -> None:
    assert plain(came) == kept


def test_marks_are_looked_for_as_deep_as_anybody_nests_and_no_deeper() -> None:
    value: Any = "$D_0"
    for _ in range(900):
        value = [value]
    assert plain(value) == value


@given(
    st.recursive(
        st.text() | st.integers() | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_only_marked_text_changes(value: Any) -> None:
    if "$" not in repr(value):
        assert plain(value) == value


@pytest.mark.parametrize("ts", [0, 0.0, "0", True, False, None, "", [], {}, "2026-11-21", 1795262398000])
def test_what_is_no_number_of_seconds_is_no_time(ts: object) -> None:
    assert seconds(ts) is None


@pytest.mark.parametrize("ts", [1795262398, 1795262398.0, "1795262398"])
def test_seconds_are_a_time(ts: object) -> None:
    at = seconds(ts)
    assert at is not None
    assert at.isoformat() == "2026-11-21T11:59:58+00:00"


def read(**data: Any) -> traits.Attributes:
    return traits.read(data, "profileData")


@pytest.mark.parametrize(
    ("born", "kept"),
    [
        ("$D_656640000", "1990-10-23"),
        ("$D_656640000000", "1990-10-23"),
        ("$D_-631152000000", "1950-01-01"),
        ("$D_19901023", "1990-10-23"),
        ("$D_99999999", "1973-03-03"),
        ("23-10-1990", "23-10-1990"),
        (5, 5),
    ],
)
def test_a_birthday_is_a_date(born: object, kept: object) -> None:
    assert read(DOB=born).traits == {"birthday": kept}


@pytest.mark.parametrize(
    ("said", "consents"),
    [
        ({"MSG-email": True}, {"email": True}),
        ({"msg-SMS": "false"}, {"sms": False}),
        ({"MSG-dndEmail": True}, {"email": False}),
        ({"MSG-dndPhone": False}, {"sms": True}),
        ({"MSG-push": "TRUE", "MSG-whatsapp": False}, {"push": True, "whatsapp": False}),
    ],
)
def test_an_opt_in_is_a_consent_and_no_trait(said: dict[str, Any], consents: dict[str, bool]) -> None:
    found = read(**said)
    assert (found.consents, found.traits, found.all_traits()) == (consents, {}, {"consents": consents})


@pytest.mark.parametrize(
    ("came", "kept"), [(14155550123, "+14155550123"), ("+1 (415) 555-0123", "+1 (415) 555-0123")]
)
def test_a_phone_number_is_text(came: object, kept: str) -> None:
    assert read(Phone=came).traits == {"phone": kept}


@pytest.mark.parametrize("gender", ["M", "f", "Male", "others", "Unknown"])
def test_every_spelling_of_a_gender_that_the_vendor_takes_is_kept(gender: str) -> None:
    assert read(Gender=gender).traits == {"gender": gender}


def test_null_and_empty_say_nothing() -> None:
    found = read(Email="", Age=None, Plan=None, Note="")
    assert (found.traits, found.reasons) == ({"Note": ""}, [])


def test_an_address_is_an_identity_too() -> None:
    assert read(Email="ana@example.test", FBID="f1", GPID="g1").other_ids == {
        "email": "ana@example.test", "facebook": "f1", "google": "g1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "traits", "changes"),
    [
        ({"$add": ["a"]}, {}, {"append": {"Tags": ["a"]}}),
        ({"$add": "a"}, {}, {"append": {"Tags": "a"}}),
        ({"$remove": ["a"]}, {}, {"remove": {"Tags": ["a"]}}),
        ({"$set": ["$D_0"]}, {"Tags": ["1970-01-01T00:00:00Z"]}, {}),
        ({"$incr": 2}, {}, {"increment": {"Tags": 2}}),
        ({"$decr": 2}, {}, {"increment": {"Tags": -2}}),
        ({"$delete": True}, {"Tags": None}, {}),
        ({"$add": ["a"], "b": 1}, {"Tags": {"$add": ["a"], "b": 1}}, {}),
        ({"$other": 1}, {"Tags": {"$other": 1}}, {}),
        ({}, {"Tags": {}}, {}),
    ],
)
def test_an_operator_changes_what_is_stored(
    value: object, traits: dict[str, Any], changes: dict[str, Any]
) -> None:
    found = read(Tags=value)
    assert (found.traits, found.changes, found.reasons) == (traits, changes, [])


@pytest.mark.parametrize("name", ["Trip.Price", "Trips[0]"])
def test_a_place_within_an_attribute_cannot_be_changed(name: str) -> None:
    found = read(**{name: {"$incr": 1}})
    assert [reason.field for reason in found.reasons] == [f"profileData.{name}"]
    assert (found.traits, found.changes) == ({}, {})


def test_a_known_attribute_is_changed_under_its_traits_name() -> None:
    assert read(Name={"$delete": 1}, Phone={"$set": "+14155550123"}).traits == {
        "name": None,
        "phone": "+14155550123",
    }


@pytest.mark.parametrize("amount", ["Amount", "amount", "AMOUNT"])
def test_a_purchases_attributes_are_known_in_any_spelling(amount: str) -> None:
    assert translated("Charged", {amount: 3, "charged_id": 7}) == (
        "Complete Purchase", {"amount": 3, "order_id": "7"},
    )  # fmt: skip


def test_two_spellings_of_one_attribute_are_both_kept() -> None:
    data = {"Amount": 3, "amount": 4, "Payment mode": "card", "payment_mode": "cash"}
    _, properties = translated("Charged", data)
    assert properties == {"Amount": 3, "amount": 4, "payment_method": "card", "payment_mode": "cash"}


@given(st.dictionaries(st.text(), st.integers()))
def test_no_attribute_of_a_purchase_is_lost(data: dict[str, int]) -> None:
    _, properties = translated("Charged", data)
    assert len(properties) == len(data)


@pytest.mark.parametrize("name", ["charged", "Product viewed", "App Launched", "", None])
def test_any_other_event_keeps_its_name_and_attributes(name: object) -> None:
    data = {"Amount": 3, "Items": [{"Name": "Kettle"}], "$set": 1}
    assert translated(name, data) == (name, data)


@pytest.mark.parametrize("spelling", ["CT App Version", "ct_app_version", "CT APP VERSION", "Ct-App-Version"])
def test_a_system_events_attributes_fill_the_context_in_any_spelling(spelling: str) -> None:
    assert context_of("App Launched", {spelling: "3.1"}) == {"app": {"version": "3.1"}}


def test_an_event_of_the_customers_own_fills_no_context() -> None:
    assert context_of("Product viewed", {"CT App Version": "3.1"}) == {}
    assert session_of("Product viewed", {"CT Session Id": 7}) is None


def test_a_system_events_session_is_its_session() -> None:
    assert session_of("Session Concluded", {"CT Session Id": 1795262000}) == "1795262000"
    assert {"App Launched", "UTM Visited", "Notification Viewed", "Session Concluded"} <= SYSTEM_EVENTS
