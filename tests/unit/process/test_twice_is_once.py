"""Records come again after crashes, and clients send again after time-outs: both change nothing."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from shared.workspace.model import Campaign, Template, Workspace
from tests.fakes.process_stage import NOON, Stage, event, identify, minutes

SHOP = Workspace(
    campaigns=(
        Campaign(
            id="big-spender",
            name="Big spender",
            event="Complete Purchase",
            where={"all": [{"property": "amount", "at_least": 1000}, {"property": "currency", "is": "USD"}]},
            channel="sms",
            template="thanks",
        ),
    ),
    templates=(Template(id="thanks", channel="sms", parts={"text": "Thanks"}),),
)


def purchase(amount: float = 1500, currency: str = "USD", **fields: object) -> dict[str, object]:
    return event("Complete Purchase", properties={"amount": amount, "currency": currency}, **fields)  # type: ignore[arg-type]


def test_a_matching_event_asks_for_one_message() -> None:
    stage = Stage(SHOP)

    stage.deliver(
        stage.record(purchase(1500)), stage.record(purchase(999)), stage.record(purchase(1500, "JPY"))
    )

    [request] = stage.bus.requests.values()
    assert (request.campaign, request.channel, request.person) == ("big-spender", "sms", "user:u1")
    assert request.event.properties == {"amount": 1500, "currency": "USD"}


def test_a_record_delivered_twice_is_announced_again_but_counted_once() -> None:
    stage = Stage(SHOP)
    record = stage.record(purchase())

    stage.deliver(record)
    said_once = (dict(stage.bus.requests), dict(stage.bus.rows), dict(stage.timeline.chunks))
    stage.restart()
    stage.deliver(record)

    assert stage.counted("user:u1", "Complete Purchase") == 1
    assert (stage.bus.requests, stage.bus.rows, stage.timeline.chunks) == said_once
    assert len(stage.bus.entries) == 4  # the message and the archive's batch, each twice


@pytest.mark.parametrize("size", [1, 3])
def test_a_record_that_is_redriven_days_later_more_than_once_is_counted_once(size: int) -> None:
    """It gets onto the stream anew each time, while its person goes on; an event of two days before is in it."""
    stage = Stage(SHOP)
    given_up = base64.b64decode(stage.record(*(purchase() for _ in range(size)))["kinesis"]["data"])
    for days in (2, 2.01, 2.5):
        at = NOON + timedelta(days=days)
        stage.deliver(stage.record(event("View Item"), at=at))
        stage.deliver(stage.lambda_record("user:u1", given_up, at))
    assert stage.counted("user:u1", "Complete Purchase") == size


@pytest.mark.parametrize("size", [1, 3])
def test_a_record_of_a_shard_that_is_days_behind_is_counted_once_when_it_is_sent_twice(size: int) -> None:
    stage = Stage(SHOP)
    stage.deliver(stage.record(event("View Item"), at=NOON + timedelta(days=2)))
    purchases = [purchase() for _ in range(size)]
    stage.deliver(stage.record(*purchases))
    stage.deliver(stage.record(*purchases))
    assert stage.counted("user:u1", "Complete Purchase") == size


def test_two_people_whose_events_are_numbered_alike_are_sent_a_message_each() -> None:
    stage = Stage(SHOP)
    numbered = [stage.record(purchase(user=user, anonymous=None, id="m1")) for user in ("u1", "u2")]

    stage.deliver(*numbered)
    stage.restart()
    stage.deliver(*numbered)

    assert sorted(request.person for request in stage.bus.requests.values()) == ["user:u1", "user:u2"]


def test_what_was_said_stays_said_when_the_workspace_changes_before_the_record_comes_again() -> None:
    stage = Stage(SHOP)
    record = stage.record(purchase())
    stage.deliver(record)
    said = dict(stage.bus.requests)

    stage.workspaces.apply(Workspace(), after=1, at=NOON, by="test")
    stage.restart()
    stage.bus.entries.clear()
    stage.deliver(record, stage.record(purchase()))

    assert {request.event.id for request in stage.bus.requests.values()} == {
        request.event.id for request in said.values()
    }


def test_a_client_sending_the_same_batch_three_times_is_counted_once() -> None:
    stage = Stage(SHOP)
    batch = [purchase(), event("View Item")]

    for _ in range(3):
        stage.deliver(stage.record(*batch))

    assert stage.counted("user:u1", "Complete Purchase") == 1
    assert stage.counted("user:u1", "View Item") == 1
    assert len(stage.bus.requests) == 1
    assert sum(row.event.source == "shop" for row in stage.bus.rows.values()) == 2


def test_the_same_id_under_another_name_or_source_is_another_event() -> None:
    stage = Stage()

    stage.deliver(stage.record({**event("View Item"), "id": "x"}, {**event("Add To Cart"), "id": "x"}))
    stage.deliver(stage.record({**event("View Item"), "id": "x"}, source="other"))

    assert stage.counted("user:u1", "View Item") == 2
    assert stage.counted("user:u1", "Add To Cart") == 1


def test_a_record_that_comes_again_after_its_people_were_merged_is_recognised() -> None:
    stage = Stage(SHOP)
    early = stage.record({**purchase(), "user_id": None, "anonymous_id": "a1"} | {})
    stage.deliver(early)
    stage.deliver(stage.record(identify(user="u1", anonymous="a1")))
    stage.bus.entries.clear()

    stage.deliver(early)

    assert stage.counted("user:u1", "Complete Purchase") == 1
    assert len(stage.bus.requests) == 1


def test_an_older_batch_of_a_key_is_forgotten_when_the_next_one_is_saved() -> None:
    stage = Stage(SHOP)
    first, second, third = (stage.record(purchase()) for _ in range(3))
    stage.deliver(first, second)
    assert len(stage.profiles.person("user:u1").outbox) == 2

    stage.deliver(second, third)  # the retry cut the batch elsewhere

    sequences = [entry.sequence for entry in stage.profiles.person("user:u1").outbox]
    assert sequences == [second["kinesis"]["sequenceNumber"], third["kinesis"]["sequenceNumber"]]
    assert stage.counted("user:u1", "Complete Purchase") == 3


def test_sessions_are_the_same_when_their_record_comes_again() -> None:
    stage = Stage()
    record = stage.record(
        event("View Item"), event("View Item", at=NOON + minutes(45)), at=NOON + minutes(45)
    )
    stage.deliver(record)
    first = {key: row.event.session_id for key, row in stage.bus.rows.items()}

    stage.bus.entries.clear()
    stage.deliver(record)

    assert {key: row.event.session_id for key, row in stage.bus.rows.items()} == first
    assert len({session for session in first.values() if session}) == 2


def test_two_people_who_come_by_one_link_at_the_same_moment_are_told_apart() -> None:
    stage = Stage()
    context = {"campaign": {"source": "news"}, "app": {"name": "Shop", "version": "1"}}
    updated = {"app": {"name": "Shop", "version": "2"}}

    for user in ("u1", "u2"):
        stage.deliver(
            stage.record(
                event("View Item", user=user, context=context), event("Search", user=user, context=updated)
            )
        )

    derived = [row.event.name for row in stage.bus.rows.values() if row.event.type == "system"]
    assert sorted(derived) == [
        *["App Version Changed"] * 2,
        *["Session Started"] * 2,
        *["UTM Visited"] * 2,
    ]


def test_a_request_of_more_events_than_are_remembered_singly_is_counted_once_however_often_it_comes() -> None:
    stage = Stage(SHOP)
    imported = [event("View Item", at=NOON - minutes(60 * age)) for age in range(900)]  # each opens a session

    for _ in range(3):
        record = stage.record(*imported)
        stage.deliver(record)
        stage.restart()
        stage.deliver(record)  # and each record is delivered again

    assert stage.counted("user:u1", "View Item") == 900
    assert sum(row.event.source == "shop" for row in stage.bus.rows.values()) == 900


def test_people_whose_events_are_numbered_alike_lose_none_when_they_become_one() -> None:
    stage = Stage(SHOP)
    for user in ("u1", "u2"):
        stage.deliver(stage.record(*(event("View Item", user=user, id=str(n)) for n in (1, 2))))
    stage.deliver(stage.record(event("alias", type="alias", user="u1", previous_id="u2")))

    for user in ("u1", "u2"):
        stage.deliver(stage.record(*(event("View Item", user=user, id=str(n)) for n in (1, 2, 3, 4))))

    assert stage.counted("user:u1", "View Item") == 8
