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
