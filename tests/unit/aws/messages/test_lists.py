"""The message log on moto and the fake: messages of a person and of all, newest first."""

from __future__ import annotations

from datetime import timedelta

from shared.events import DOCTOR
from shared.messaging.messages import Status
from shared.ports.messages import Messages
from tests.unit.aws.messages.one_message import NOW, claim, request


def test_lists_are_newest_first(log: Messages) -> None:
    hours = [NOW - timedelta(hours=hour) for hour in range(0, 60, 12)]
    for number, at in enumerate(hours):
        claim(log, request(number, person=f"user:u{number % 2}", requested_at=at), at=at)

    assert [one.id for one in log.of_person(["user:u0", "user:u1", "user:u0"], 4)] == ["m0", "m1", "m2", "m3"]
    assert [one.id for one in log.of_person(["user:u1"], 10)] == ["m1", "m3"]
    assert [one.id for one in log.latest(10, NOW - timedelta(hours=36))] == ["m0", "m1", "m2", "m3"]
    assert [one.id for one in log.latest(2, NOW - timedelta(days=9))] == ["m0", "m1"]
    assert log.of_person(["user:nobody"], 10) == []


def test_a_message_of_the_doctors_is_listed_for_its_person_and_in_no_list_of_all(log: Messages) -> None:
    theirs, doctors = request(1), request(2, person="user:headrace-doctor")
    doctors = doctors.model_copy(update={"campaign": DOCTOR})
    for one in (theirs, doctors):
        claim(log, one)
    assert [message.id for message in log.latest(10, NOW - timedelta(days=1))] == [theirs.id]
    assert [message.id for message in log.of_person(["user:headrace-doctor"], 10)] == [doctors.id]
    found = log.find(doctors.id)
    assert found is not None
    assert found.status is Status.REQUESTED


def test_a_list_goes_on_where_a_page_and_a_partition_end(log: Messages) -> None:
    """More messages than one BatchGetItem reads, over two days and all partitions of each."""
    count = 130
    for number in range(count):
        at = NOW - timedelta(minutes=20 * number)
        claim(log, request(number, requested_at=at), at=at)

    expected = [f"m{number}" for number in range(count)]
    since = NOW - timedelta(days=2)
    assert [one.id for one in log.latest(count, since)] == expected
    assert [one.id for one in log.latest(count - 1, since)] == expected[:-1]
    assert [one.id for one in log.latest(7, since)] == expected[:7]
    assert [one.id for one in log.of_person(["user:u1"], count)] == expected
