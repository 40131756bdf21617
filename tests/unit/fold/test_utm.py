"""UTM: whose word counts when a client says itself that a person came by a link."""

from __future__ import annotations

from datetime import timedelta

from tests.fakes.folding import NOON, Person, did

LINK = {"campaign": {"source": "news", "name": "autumn"}}


def test_a_clients_own_utm_visited_is_not_said_twice() -> None:
    ann = Person()
    ann.does(did("UTM Visited", context=LINK))
    assert "UTM Visited" not in [name for name, _ in ann.said]
    assert ann.profile.states.utm.link == {"utm_source": "news", "utm_campaign": "autumn"}


def test_what_follows_by_the_same_link_belongs_to_that_visit() -> None:
    ann = Person()
    ann.does(did("UTM Visited", context=LINK), did("page", context=LINK, at=NOON + timedelta(minutes=1)))
    assert "UTM Visited" not in [name for name, _ in ann.said]
