"""What `OWN_EVENTS` promises to those who write conditions is what the stages say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

from functions.send.announcements import announce
from functions.send.channels.channel import DeviceToken
from shared import records
from shared.failures import Unwritten
from shared.fold.parts.devices.tokens import PUSH_TOKEN_INVALID
from shared.ledger.places import Place
from shared.messaging.messages import MessageRequest
from shared.messaging.providers import Mobile
from shared.own_events import NOTIFICATION_SENT, OWN_EVENTS
from shared.plan.tracking_plan import Plan
from shared.ports.streams import StreamEntry
from shared.workspace.model import Workspace
from tests.fakes.folding import NOON, Person, did

PLAN = Plan(Workspace(events=tuple(OWN_EVENTS.values())))


class Stream:
    def __init__(self) -> None:
        self.entries: list[StreamEntry] = []

    def put(self, entries: Sequence[StreamEntry]) -> Unwritten:
        self.entries += entries
        return Unwritten()

    def written(self) -> list[Place]:
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
    visitor = Person(key="anonymous:a1")
    visitor.does(did(user_id=None, anonymous_id="a1", at=later))
    person.does(did(anonymous_id="a1", at=later), strangers={"anonymous:a1": visitor.profile})
    said += person.said

    assert {name for name, _ in said} == {
        "Session Started",
        "Session Concluded",
        "UTM Visited",
        "App Version Changed",
        "Profile Merged",
    }
    for name, properties in said:
        fits(name, properties)
        assert set(properties) == set(OWN_EVENTS[name].properties)


def test_what_send_says_of_a_token_has_the_properties_promised() -> None:
    stream = Stream()
    request = MessageRequest(
        id="m", channel="push", campaign="c", person="user:u1", event=did(), requested_at=NOON, workspace=1
    )
    refused = (DeviceToken("d1", "ios", "t1"),)
    announce(stream, request, sent_at=None, refused=refused, now=NOON, new_id=lambda: "r1")

    [event] = records.decode(stream.entries[0].data).events
    fits(event.name, event.properties)
    assert set(event.properties) == set(OWN_EVENTS[event.name].properties)
    assert event.properties["platform"] in get_args(Mobile)


def test_no_event_of_our_own_is_left_out() -> None:
    """Every name that a stage gives to one. A timer is an event of the stream alone: it is folded, and never said."""
    folder = Path(__file__).resolve().parents[3]
    code = "\n".join(
        file.read_text(encoding="utf-8")
        for stage in ("shared/fold", "functions/process", "functions/send")
        for file in (folder / stage).rglob("*.py")
    )
    derived = set(re.findall(r"\bDerive\(\s*([A-Z_]+|\"[^\"]+\")", code))
    named = dict(re.findall(r'^([A-Z_]+) = "([^"]+)"$', code, re.MULTILINE))
    names = {name.strip('"') if name.startswith('"') else named[name] for name in derived}

    assert names | {NOTIFICATION_SENT, PUSH_TOKEN_INVALID} == set(OWN_EVENTS)


def test_what_send_says_has_the_properties_promised() -> None:
    stream = Stream()
    request = MessageRequest(
        id="m", channel="sms", campaign="c", person="user:u1", event=did(), requested_at=NOON, workspace=1
    )
    announce(stream, request, sent_at=NOON, refused=(), now=NOON, new_id=lambda: "r1")

    [event] = records.decode(stream.entries[0].data).events
    fits(event.name, event.properties)
    assert set(event.properties) == set(OWN_EVENTS[event.name].properties)
