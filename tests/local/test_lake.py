"""The lake of the deployed stack agrees with what was sent, soon."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.local.shop import PATIENCE_LAKE, Shop, counted, eventually, track

pytestmark = pytest.mark.local

SENT = {"Play Song": 23, "Watch Video": 9, "Share": 1}


def test_a_query_agrees_exactly_with_what_was_sent(shop: Shop) -> None:
    events = [
        track(f"listener-{number % 7}", name, title=f"No. {number}", seconds=number)
        for name, times in SENT.items()
        for number in range(times)
    ]
    for start in range(0, len(events), 10):
        shop.accept(*events[start : start + 10], source="lenient")
    names = ", ".join(f"'{name}'" for name in SENT)
    sql = (
        f"select name, count(*) c from events where dt >= '{datetime.now(UTC):%Y-%m-%d}' "
        f"and name in ({names}) group by 1 order by 2 desc"
    )

    eventually(lambda: dict(shop.rows(sql)), lambda found: sum(found.values()) >= len(events), PATIENCE_LAKE)

    assert shop.headrace("query", sql) == [{"name": name, "c": times} for name, times in SENT.items()]
    people = sum(counted(shop.person(f"listener-{number}"), "Play Song") for number in range(7))
    assert people == SENT["Play Song"]


def test_undefined_properties_of_a_lenient_source_are_text_in_the_lake(shop: Shop) -> None:
    shop.accept(track("collector", "Pick Stamp", year=1840, colour="black"), source="lenient")

    sql = "select properties['year'], properties['colour'] from events where name = 'Pick Stamp'"
    assert eventually(lambda: shop.rows(sql), bool, PATIENCE_LAKE) == [("1840", "black")]


def test_a_rejected_event_is_a_row_of_its_view(shop: Shop) -> None:
    shop.post("track", track("refused", "Complete Purchase", amount="nothing"))
    (event,) = shop.rejected("refused")

    sql = "select rejected_id, event_id, code, field from rejected where user_id = 'refused'"
    [row] = eventually(lambda: shop.rows(sql), bool, PATIENCE_LAKE)

    assert row == (event["id"], event["event_id"], "wrong_type", event["reasons"][0]["field"])


def test_maps_and_lists_of_an_answer_are_objects_and_lists(shop: Shop) -> None:
    shop.accept(track("lister", "Pick Flower", colour="red, b=2"), source="lenient")
    sql = (
        "select properties, array_agg(name) as names from events where name = 'Pick Flower' "
        "group by properties order by max(occurred_at) limit 1"
    )
    eventually(lambda: shop.rows(sql), bool, PATIENCE_LAKE)

    assert shop.headrace("query", sql) == [
        {"properties": {"colour": "red, b=2"}, "names": ["Pick Flower"]},
    ]
