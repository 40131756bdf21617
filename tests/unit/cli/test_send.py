"""The event that `headrace send` makes of its options."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cli.commands.send import Call, composed, named
from cli.problem import Problem

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def event(call: Call, name: str | None = None, **given: dict[str, Any]) -> dict[str, Any]:
    parts: dict[str, dict[str, Any]] = {"properties": {}, "traits": {}, "context": {}}
    return composed(call, name, ids={"userId": "u1"}, other_ids={}, at=NOON, **{**parts, **given})


def test_a_track_has_its_name_and_properties() -> None:
    made = event(Call.TRACK, "Complete Purchase", properties={"amount": 1500})

    assert made == {
        "event": "Complete Purchase",
        "userId": "u1",
        "properties": {"amount": 1500},
        "timestamp": "2026-11-21T12:00:00.000Z",
        "sentAt": "2026-11-21T12:00:00.000Z",
    }


@pytest.mark.parametrize(
    ("call", "field"), [(Call.PAGE, "name"), (Call.SCREEN, "name"), (Call.GROUP, "groupId")]
)
def test_a_name_goes_where_the_call_has_it(call: Call, field: str) -> None:
    assert event(call, "Home")[field] == "Home"


def test_a_track_without_a_name_is_refused() -> None:
    with pytest.raises(Problem, match="which event"):
        event(Call.TRACK)


def test_an_event_of_nobody_is_refused() -> None:
    with pytest.raises(Problem, match="whose"):
        composed(
            Call.TRACK,
            "Login",
            ids={"messageId": "m"},
            other_ids={},
            properties={},
            traits={},
            context={},
            at=NOON,
        )


def test_an_address_names_somebody_as_segments_external_ids_do() -> None:
    made = composed(
        Call.TRACK, "Login", ids={}, other_ids={"email": "ana@shop.example"}, properties={}, traits={},
        context={"locale": "tr"}, at=NOON,
    )  # fmt: skip

    assert "userId" not in made
    assert made["context"] == {
        "locale": "tr",
        "externalIds": [
            {"id": "ana@shop.example", "type": "email", "collection": "users", "encoding": "none"}
        ],
    }


def test_other_ids_are_text_whatever_they_look_like() -> None:
    assert named(["infobip=4711", "device=a=b"]) == {"infobip": "4711", "device": "a=b"}


@pytest.mark.parametrize("typed", ["infobip", "infobip=", "user=u1", "anonymous=a1", "Big=1", "=1"])
def test_what_is_no_other_id_is_refused(typed: str) -> None:
    with pytest.raises(Problem, match="kind=value"):
        named([typed])
