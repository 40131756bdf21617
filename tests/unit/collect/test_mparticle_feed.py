"""CleverTap's feed: every row of mParticle's page about it, in both of the styles that its attributes are written in.

https://docs.mparticle.com/integrations/clevertap/feed/
"""

from __future__ import annotations

from typing import Any

import pytest

from functions.collect.vocabularies.clevertap import EXPORTED
from shared.workspace.model import EventDefinition, PropertyDefinition
from tests.fakes.collect_stage import LENIENT, OBSERVE, SHOP, STRICT, Answer, Stage

TABLE = """
other | App Launched | CT Network Carrier, CT Source, CT Bluetooth Version, Keyword, CT SDK Version, CT Bluetooth Enabled, CT OS Version, CT Network Type, Model, CT Longitude, CT Latitude, CT Connected To WiFi, CT Session Id, CT App Version
other | Notification Sent | Campaign ID, Campaign name
other | App Version Changed | CT App Version, CT App Version Prev, CT Latitude, CT Longitude, CT Source
other | A/B Experiment Stopped | ct_source, stickiness, mutually_exclusive, variant, variant_id, version, experiment_id
other | A/B Experiment Rolled Out | Variant, Variant Id, CT Source, Version, Experiment Id, Stickiness, Mutually Exclusive
other | A/B Experiment Disqualified | Variant, Variant Id, CT Source, Version, Experiment Id, Stickiness, Mutually Exclusive
other | A/B Experiment Rendered | Variant, Variant Id, CT Source, Version, Experiment Id, Stickiness, Mutually Exclusive
other | Channel Unsubscribed | Variant, Resubscribed, Group, Type, Campaign id, Subscription Type, Identity, Reason, Campaign type
other | State Transitioned | Destination, Type, Model, Source
other | Session Concluded | Session Length, Session Id
other | Custom Control Group | CT Source, wzrk_id, wzrk_pivot, Campaign id, Campaign name, Campaign type
other | System Control Group | CT Source, wzrk_id, wzrk_pivot, Campaign id, Campaign name, Campaign type
other | Custom & Journey Control Group (Journeys) | Journey id, Journey name
other | System Control Group (Journeys) | Journey id, Journey name
attribution | App Installed | ct_app_version, CT Source, ct_latitude, ct_longitude
attribution | Notification Viewed | wzrk_acts, wzrk_cts, wzrk_sound, wzrk_c2a, wzrk_pid, wzrk_acct_id, wzrk_pivot, wzrk_cid, wzrk_dl, wzrk_bi, wzrk_bc, wzrk_rnv, wzrk_pn, wzrk_id, wzrk_ttl, wzrk_animated, wzrk_bp, User Agent, browser, Campaign type, Campaign id, Campaign name, Client Name, CT Source, CT Session Id, CT Latitude, CT Longitude, CT App Version
attribution | Notification Clicked | wzrk_animated, wzrk_bc, wzrk_bi, wzrk_bp, wzrk_c2a, wzrk_cid, wzrk_acct_id, wzrk_ck, wzrk_cts, wzrk_dl, wzrk_dt, wzrk_pid, wzrk_pivot, wzrk_pn, wzrk_push_amp, wzrk_rnv, wzrk_sound, wzrk_ttl, wzrk_ttl_s, Install, Campaign id, Campaign type, CT Latitude, CT App Version, CT Longitude
attribution | Push Impressions | wzrk_acts, wzrk_cts, wzrk_sound, wzrk_c2a, wzrk_pid, wzrk_acct_id, wzrk_pivot, wzrk_cid, wzrk_dl, wzrk_bi, wzrk_bc, wzrk_rnv, wzrk_pn, wzrk_id, wzrk_ttl, wzrk_animated, wzrk_bp, User Agent, browser, Campaign type, Campaign id, Campaign name, Client Name, CT Source, CT Session Id, CT Latitude, CT Longitude, CT App Version
attribution | Webhook Delivered | ContentName, CT Source, ct_app_version, ct_latitude, all_identities, ct_longitude, session_props, session_source, Campaign Id, mp_processing_time_ms, ts
uninstall | App Uninstalled | CT Source, clevertapId, token, source
navigation | UTM Visited | session_props, session_source, utm_campaign, utm_medium, utm_source, Campaign id, CT Latitude, CT Longitude, CT App Version
user_content | Notification Replied | CT Source, wzrk_id, Campaign id, Campaign type, Campaign Name
user_content | Reply Sent | CT Source, Campaign id, Campaign type
location | GeoCluster Entered | ct_source, network_carrier, longitude, latitude, os_version, application_version, ct_sdk_version, geofence_id, cluster_name, cluster_id, ct_connected_to_wifi
location | GeoCluster Exited | ct_source, network_carrier, longitude, latitude, os_version, application_version, ct_sdk_version, geofence_id, cluster_name, cluster_id, ct_connected_to_wifi
"""  # noqa: E501  one line of it is one row of the page

ROWS = [tuple(part.strip() for part in line.split("|")) for line in TABLE.strip().splitlines()]

VALUES: dict[str, object] = {
    "ctappversion": "4.2", "applicationversion": "4.2", "ctosversion": "15", "osversion": "15", "ctlatitude": 51.5,
    "latitude": 51.5, "ctlongitude": -0.1, "longitude": -0.1, "ctnetworkcarrier": "Vodafone",
    "networkcarrier": "Vodafone", "ctnetworktype": "4G", "ctconnectedtowifi": True, "ctbluetoothversion": "5",
    "ctbluetoothenabled": False, "ctsdkversion": "70001", "ctsessionid": 1795262000, "sessionid": 1795262000,
    "campaignid": 1650, "sessionprops": {"utm_source": "mail"}, "allidentities": ["cust-77"], "wzrkttl": 86400,
}  # fmt: skip
"""Numbers, booleans and objects where CleverTap sends them; anything else is text."""

CONTEXT: dict[str, tuple[str, str]] = {
    "ctappversion": ("app", "version"), "applicationversion": ("app", "version"), "ctosversion": ("os", "version"),
    "osversion": ("os", "version"), "ctlatitude": ("location", "latitude"), "latitude": ("location", "latitude"),
    "ctlongitude": ("location", "longitude"), "longitude": ("location", "longitude"),
    "ctnetworkcarrier": ("network", "carrier"), "networkcarrier": ("network", "carrier"),
    "ctnetworktype": ("network", "type"), "ctsdkversion": ("library", "version"),
    "campaignid": ("message", "campaign_id"), "campaignname": ("message", "campaign_name"),
    "campaigntype": ("message", "campaign_type"), "wzrkid": ("message", "id"), "wzrkpivot": ("message", "variant"),
    "journeyid": ("message", "journey_id"), "utmsource": ("campaign", "source"), "utmmedium": ("campaign", "medium"),
    "utmcampaign": ("campaign", "name"), "token": ("device", "token"), "clevertapid": ("device", "id"),
}  # fmt: skip
"""Where a value is found besides, by the letters of its attribute's name."""


def letters(name: str) -> str:
    return "".join(character for character in name.lower() if character not in " _-")


def otherwise_spelled(name: str) -> str:
    """`CT App Version` for `ct_app_version`, and back."""
    if " " in name:
        return name.lower().replace(" ", "_")
    return " ".join(part.capitalize() for part in name.split("_"))


def hyphenated(name: str) -> str:
    """`CT-App-Version`, as CleverTap's own API reads it too."""
    return name.replace(" ", "-").replace("_", "-")


def value_of(name: str) -> object:
    return VALUES.get(letters(name), f"the {letters(name)}")


def exported(stage: Stage, *events: dict[str, Any], key: str = OBSERVE, **batch: Any) -> Answer:
    document = {
        "environment": "production",
        "user_identities": {"customer_id": "cust-77"},
        "events": [{"event_type": "custom_event", "data": data} for data in events],
        **batch,
    }
    return stage.post("/v2/events", document, key=key)


@pytest.mark.parametrize(
    "spelled", [str, otherwise_spelled, hyphenated], ids=["as_listed", "other_spelling", "hyphens"]
)
@pytest.mark.parametrize(("type_", "name", "listed"), ROWS, ids=[row[1] for row in ROWS])
def test_every_event_arrives_as_it_came_and_is_understood(
    stage: Stage, type_: str, name: str, listed: str, spelled: Any
) -> None:
    attributes = {spelled(attribute): value_of(attribute) for attribute in listed.split(", ")}
    data = {"event_name": name, "custom_event_type": type_.title(), "custom_attributes": attributes}

    answer = exported(stage, data)

    assert (answer.status, answer.body) == (202, None)
    [event] = stage.events
    assert (event.type, event.name, event.user_id) == ("track", name, "cust-77")
    assert event.properties == attributes
    assert event.context["custom_event_type"] == type_
    for attribute in attributes:
        if (place := CONTEXT.get(letters(attribute))) is not None:
            assert event.context[place[0]][place[1]] == value_of(attribute), attribute
    has_session = any(letters(attribute) in ("ctsessionid", "sessionid") for attribute in attributes)
    assert event.session_id == ("1795262000" if has_session else None)


@pytest.mark.parametrize(("type_", "name", "listed"), ROWS, ids=[row[1] for row in ROWS])
def test_an_export_without_types_gets_the_tables(stage: Stage, type_: str, name: str, listed: str) -> None:
    exported(stage, {"event_name": name})
    assert [event.context["custom_event_type"] for event in stage.events] == [type_]


def test_all_of_the_table_is_known() -> None:
    known = {(row.type, name, ", ".join(row.attributes)) for name, row in EXPORTED.items()}
    assert known == set(ROWS)


def test_an_uninstall_is_an_event_type_of_its_own_as_well(stage: Stage) -> None:
    attributes = {"CT Source": "Mobile", "clevertapId": "ct-1", "token": "token-1", "source": "FCM"}
    event = {"event_type": "uninstall", "data": {"custom_attributes": attributes}}
    assert exported(stage, events=[event]).status == 202
    [uninstalled] = stage.events
    assert (uninstalled.name, uninstalled.properties) == ("App Uninstalled", attributes)
    assert uninstalled.context["device"] == {"id": "ct-1", "token": "token-1", "removed": True}
    assert uninstalled.context["custom_event_type"] == "uninstall"


def test_a_lifecycle_model_is_no_phone(stage: Stage) -> None:
    exported(stage, {"event_name": "State Transitioned", "custom_attributes": {"Model": "RFM"}})
    exported(stage, {"event_name": "App Launched", "custom_attributes": {"Model": "Pixel 8"}})
    transitioned, launched = stage.events
    assert "device" not in transitioned.context
    assert launched.context["device"] == {"model": "Pixel 8"}


def test_an_accounts_own_event_carries_clevertaps_attributes_too(stage: Stage) -> None:
    attributes = {"CT App Version": "4.2", "ct_session_id": "s-1", "token": "mine", "latitude": "high"}
    exported(stage, {"event_name": "Kettle Boiled", "custom_attributes": attributes})
    [event] = stage.events
    assert (event.name, event.properties, event.session_id) == ("Kettle Boiled", attributes, "s-1")
    assert event.context["app"] == {"version": "4.2"}
    assert "device" not in event.context
    assert "location" not in event.context


def test_a_session_id_of_another_type_is_an_attribute_alone(stage: Stage) -> None:
    exported(stage, {"event_name": "Session Concluded", "custom_attributes": {"Session Id": 1.5}})
    assert [(event.session_id, event.properties) for event in stage.events] == [(None, {"Session Id": 1.5})]


USER_ATTRIBUTES = {
    "ct_name": "Ana", "ct_gender": "F", "ct_dob": "1990-05-17", "ct_photo": "https://img.example/ana.png",
    "ct_email_opt_in": True, "ct_push_opt_in": "false", "ct_sms_opt_in": "1", "ct_whatsapp_opt_in": 0,
}  # fmt: skip


@pytest.mark.parametrize("spelled", [str, otherwise_spelled], ids=["as_listed", "other_spelling"])
def test_user_attributes_become_traits_and_consents(stage: Stage, spelled: Any) -> None:
    said = {spelled(name): value for name, value in USER_ATTRIBUTES.items()}
    identities = {"customer_id": "cust-77", "email": "ana@shop.example"}
    answer = exported(stage, user_attributes={**said, "Loyalty": "gold"}, user_identities=identities)
    assert answer.status == 202
    [identified] = stage.events
    assert (identified.type, identified.user_id) == ("identify", "cust-77")
    assert identified.traits == {
        "email": "ana@shop.example",
        "name": "Ana",
        "gender": "F",
        "birthday": "1990-05-17",
        "avatar": "https://img.example/ana.png",
        "Loyalty": "gold",
        "consents": {"email": True, "push": False, "sms": True, "whatsapp": False},
    }


def test_an_opt_in_that_is_no_flag_is_refused_by_its_name_and_the_events_arrive(stage: Stage) -> None:
    answer = exported(stage, {"event_name": "App Installed"}, user_attributes={"ct_sms_opt_in": "perhaps"})
    assert answer.status == 202
    assert [event.name for event in stage.events] == ["App Installed"]
    [[reason]] = [item.reasons for item in stage.refused]
    assert (reason.code, reason.field) == ("malformed", "user_attributes.ct_sms_opt_in")


DEFINED = (
    EventDefinition(
        id="App Installed",
        name="Installed",
        properties={
            "ct_app_version": PropertyDefinition(type="string"),
            "ct_latitude": PropertyDefinition(type="number"),
        },
    ),
    EventDefinition(
        id="GeoCluster Entered",
        name="Entered",
        properties={"ct_connected_to_wifi": PropertyDefinition(type="boolean", required=True)},
    ),
)


@pytest.fixture
def planned() -> Stage:
    """A stage whose plan defines two events of the feed."""
    return Stage(SHOP.model_copy(update={"events": DEFINED}))


def test_the_plan_types_what_it_defines_of_the_feed(planned: Stage) -> None:
    installed = {"ct_app_version": 4, "CT Source": "Mobile", "ct_latitude": "51.5"}
    entered = {"ct_connected_to_wifi": "true", "cluster_id": 7}
    answer = exported(
        planned,
        {"event_name": "App Installed", "custom_attributes": installed},
        {"event_name": "GeoCluster Entered", "custom_attributes": entered},
        {"event_name": "Reply Sent", "custom_attributes": {"Campaign id": 1650}},
        key=LENIENT,
    )
    assert answer.status == 202
    assert [event.properties for event in planned.events] == [
        {"ct_app_version": "4", "CT Source": "Mobile", "ct_latitude": 51.5},
        {"ct_connected_to_wifi": True, "cluster_id": "7"},
        {"Campaign id": "1650"},
    ]


def test_what_breaks_a_definition_is_rejected_alone(planned: Stage) -> None:
    broken = {
        "event_name": "GeoCluster Entered",
        "custom_attributes": {"ct_connected_to_wifi": "now and then"},
    }
    assert exported(planned, broken, {"event_name": "Reply Sent"}, key=LENIENT).status == 202
    assert [event.name for event in planned.events] == ["Reply Sent"]
    assert [item.name for item in planned.refused] == ["GeoCluster Entered"]


def test_a_strict_source_refuses_what_its_plan_has_not_as_it_does_for_anyone(planned: Stage) -> None:
    installed = {"event_name": "App Installed", "custom_attributes": {"ct_app_version": "4.2"}}
    assert exported(planned, installed, {"event_name": "Reply Sent"}, key=STRICT).status == 202
    assert [event.name for event in planned.events] == ["App Installed"]
    assert [[reason.code for reason in item.reasons] for item in planned.refused] == [["unknown_event"]]
