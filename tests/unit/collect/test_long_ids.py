"""Ids are judged in the spelling they are used in: what is too long then is malformed, and no neighbour pays for it."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from shared.identity import LONGEST
from tests.fakes.collect_stage import LENIENT, Stage, basic, purchase

LENGTHENS = "\u0130"
"""A letter that is two in lower case."""


def address(characters: int) -> str:
    """One that takes so many characters in lower case."""
    host = "@shop.example"
    pairs, left = divmod(characters - len(host), 2)
    return "a" * left + LENGTHENS * pairs + host


class Named(NamedTuple):
    """How a format names a person by an address, beside one who is right."""

    path: str
    headers: dict[str, str]
    body: Any


def naming(format_: str, email: str) -> Named:
    pair = {"authorization": basic(f"{LENIENT}:")}
    match format_:
        case "twilio_segment":
            ids = {"externalIds": [{"type": "email", "id": email}]}
            bad = purchase(userId=None, messageId="bad", context=ids)
            return Named("/v1/batch", pair, {"batch": [purchase(messageId="good"), bad]})
        case "clevertap":
            good = {"identity": "u1", "type": "profile", "profileData": {"Plan": "gold"}}
            bad = {"objectId": "o1", "type": "profile", "profileData": {"Email": email}}
            return Named("/1/upload", {"x-clevertap-passcode": LENIENT}, {"d": [good, bad]})
        case "mparticle":
            event = {"event_type": "custom_event", "data": {"event_name": "Dance"}}
            batch = {"environment": "production", "events": [event]}
            people = [{"customer_id": "u1"}, {"email": email}]
            return Named("/v2/bulkevents", pair, [{**batch, "user_identities": one} for one in people])
        case "netmera":
            both = {"emailList": ["ana@shop.example", email]}
            return Named("/rest/3.0/disableMail", {"x-netmera-api-key": LENIENT}, [both])
    raise ValueError(format_)


FORMATS = ("twilio_segment", "clevertap", "mparticle", "netmera")


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(
    ("characters", "is_taken"), [(LONGEST - 1, True), (LONGEST, True), (LONGEST + 1, False), (400, False)]
)
def test_an_id_that_lower_case_makes_too_long_is_its_own_events_fault(
    stage: Stage, format_: str, characters: int, is_taken: bool
) -> None:
    path, headers, body = naming(format_, address(characters))
    answer = stage.request("POST", path, body, headers)
    assert answer.status in (200, 202)
    bad = [item for item in stage.refused if any(reason.code == "malformed" for reason in item.reasons)]
    assert (len(bad) == 0) is is_taken
    assert [{reason.code for reason in item.reasons} for item in stage.refused] == [{"malformed"}] * len(bad)
    assert stage.events
    for record in stage.records:
        assert len(record.key) <= 256


def test_a_batch_of_infobip_is_taken_whole_or_not_at_all(stage: Stage) -> None:
    event = {"definitionId": "Dance", "occurredTime": "2026-11-21T11:00:00Z"}
    batch = [
        {**event, "identifier": {"type": "EXTERNAL_ID", "id": "u1"}},
        {**event, "identifier": {"type": "EMAIL", "id": address(400)}},
    ]
    answer = stage.request("POST", "/people/3/events", batch, {"authorization": f"App {LENIENT}"})
    assert answer.status == 400
    assert [{reason.code for reason in item.reasons} for item in stage.refused] == [{"malformed"}] * 2


@pytest.mark.parametrize("kind", ["email", "phone", "device", "infobip"])
@pytest.mark.parametrize("value", ["NULL", " ", "(0) 00-00", "0000", "Undefined", "-1"])
def test_what_is_a_placeholder_in_the_spelling_that_is_used_names_nobody(
    stage: Stage, kind: str, value: str
) -> None:
    if kind != "phone" and value == "(0) 00-00":
        return
    ids = {"externalIds": [{"type": kind, "id": value}]}
    answer = stage.batch(purchase(userId=None, context=ids), purchase())
    assert answer.codes == [["no_identity"]]
