"""What `OWN_EVENTS` promises to those who write conditions is what the stages say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from functions.send.announcements import announce
from shared import records
from shared.messages import MessageRequest
from shared.own_events import OWN_EVENTS
from shared.plan import Plan
from shared.ports import StreamEntry
from shared.workspace import Workspace
from tests.fakes.folding import NOON, Person, did

PLAN = Plan(Workspace(events=tuple(OWN_EVENTS.values())))


class Stream:
    def __init__(self) -> None:
        self.entries: list[StreamEntry] = []

    def put(self, entries: Sequence[StreamEntry]) -> list[int]:
        self.entries += entries
        return []


def fits(name: str, properties: dict[str, Any]) -> None:
    """As strictly as a client's event would have to."""
    _, reasons = PLAN.check(name, "track", properties, "strict")
    assert reasons == []
    assert properties


def test_what_the_fold_says_has_the_properties_promised() -> None:
    person = Person()
    link = {"source": "mail", "medium": "email", "name": "spring", "term": "a", "content": "b", "id": "1"}
    app = {"namespace": "shop", "version": "1"}
    said = []
    person.does(did(context={"campaign": link, "app": app}))
    said += person.said
    later = NOON + timedelta(hours=2)
    person.does(did(at=later, context={"app": {**app, "version": "2"}}))
    said += person.said

    assert {name for name, _ in said} == {
        "Session Started",
        "Session Concluded",
        "UTM Visited",
        "App Version Changed",
    }
    for name, properties in said:
        fits(name, properties)
        assert set(properties) == set(OWN_EVENTS[name].properties)


def test_what_send_says_has_the_properties_promised() -> None:
    stream = Stream()
    request = MessageRequest(
        id="m", channel="sms", campaign="c", person="user:u1", event=did(), requested_at=NOON, workspace=1
    )
    announce(stream, request, sent_at=NOON, refused=(), now=NOON)

    [event] = records.decode(stream.entries[0].data).events
    fits(event.name, event.properties)
    assert set(event.properties) == set(OWN_EVENTS[event.name].properties)
