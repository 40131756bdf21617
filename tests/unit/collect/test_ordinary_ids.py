"""Message ids that are read at a glance, as nearly all are, are read as any other."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from functions.collect.adapter import message_ids
from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import event
from functions.collect.adapter.ids import LONGEST_ID
from functions.collect.adapter.wire_format import Delivery
from functions.collect.protocols.twilio_segment.reading import again
from shared.text.visible_text import trimmed
from tests.fakes.folding import NOON

IDS = st.text(st.sampled_from("/0Az{z\x7f\u200b -é"), max_size=6)


def read(id_: str) -> tuple[object, list[str]]:
    arrival = Arrival(NOON, None, NOON - NOON)
    made, reasons = event(arrival, "track", "Bought", id_=id_, user_id="u1", timestamp=NOON)
    return made["id"], [reason.field for reason in reasons]


@given(IDS)
def test_an_id_is_kept_without_what_cannot_be_seen_around_it(id_: str) -> None:
    found, wrong = read(id_)
    assert wrong == []
    assert found == trimmed(id_) or not trimmed(id_)


@given(IDS)
def test_a_call_whose_id_shows_nothing_gets_one_of_its_content(id_: str) -> None:
    call: Any = {"event": "Bought", "userId": "u1", "timestamp": "2026-11-21T18:10:00Z", "messageId": id_}
    _, (made, _) = again("track", call, {}, Delivery("/v1/track", NOON, False, False, None, None))
    is_of_content = made["id"].__class__ is message_ids.ContentId
    assert is_of_content == (trimmed(id_) == "")


def test_an_id_has_only_so_many_characters() -> None:
    assert read("a" * LONGEST_ID) == ("a" * LONGEST_ID, [])
    assert read("a" * (LONGEST_ID + 1))[1] == ["id"]
