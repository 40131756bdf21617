"""The adapter of rejected events on moto and the fake, held to one contract; then what only the adapter has."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import boto3
import pytest

from shared.aws import clients
from shared.aws.tables.rejected import DynamoRejected
from shared.events import DOCTOR
from shared.failures import Unavailable
from shared.plan.reasons import Code
from shared.ports.rejected import Rejected
from shared.rejected import Dropped, RejectedItem, RejectedReason, RejectedRequest
from simulation.ports.rejected import FakeRejected
from tests.fakes.pretended_aws import Cloud, pretended_aws, rejected_table

NOW = datetime(2026, 11, 21, 18, 10, tzinfo=UTC)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, cloud: Cloud) -> Iterator[None]:
    with pretended_aws(monkeypatch, cloud):
        rejected_table()
        boto3.client("s3").create_bucket(Bucket="workspace")
        yield


@pytest.fixture
def adapter(aws: None) -> DynamoRejected:
    return DynamoRejected("rejected", "workspace", clock=lambda: NOW)


@pytest.fixture(params=["adapter", "fake"])
def either(request: pytest.FixtureRequest) -> Rejected:
    return FakeRejected() if request.param == "fake" else request.getfixturevalue("adapter")


def request_id(at: datetime, number: int = 0) -> str:
    return str(UUID(int=(int(at.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62) | number))


def rejected(request: str, bodies: tuple[bytes, ...] = (b'{"a":1}',)) -> RejectedRequest:
    reason = RejectedReason(code=Code.UNKNOWN_EVENT, field="name", message="no such event")
    return RejectedRequest(
        request=request,
        source="shop",
        protocol="twilio_segment",
        trust="server",
        path="/v1/batch",
        common=b"{}",
        received_at=NOW,
        expires_at=2_000_000_000,
        items=tuple(
            RejectedItem(index=index * 2, event_id=f"e{index}", reasons=(reason,), body=body)
            for index, body in enumerate(bodies)
        ),
    )


def test_what_the_doctor_sent_is_in_no_list_and_takes_nobodys_place_there(either: Rejected) -> None:
    theirs = rejected(request_id(NOW, 1))
    doctors = [
        rejected(request_id(NOW, number)).model_copy(update={"source": DOCTOR}) for number in (2, 3, 4)
    ]
    either.put([theirs, *doctors])
    assert [one.request for one in either.latest(1, NOW - timedelta(days=1))] == [theirs.request]
    assert either.request(doctors[0].request) == doctors[0]


def test_a_request_is_read_as_it_was_put(either: Rejected) -> None:
    kept = rejected(request_id(NOW), (b'{"a":1}', b"\xff not json", b""))
    assert either.put([kept]) == []
    assert either.request(kept.request) == kept


def test_an_unknown_request_is_none(either: Rejected) -> None:
    assert either.request(request_id(NOW, 99)) is None


def test_the_list_is_newest_first_over_days_and_shards_and_ends_at_since(either: Rejected) -> None:
    ages = [timedelta(minutes=minutes) for minutes in (0, 1, 2, 60, 24 * 60, 2 * 24 * 60, 4 * 24 * 60)]
    ids = [request_id(NOW - age, number) for number, age in enumerate(ages)]
    either.put([rejected(one) for one in random.sample(ids, len(ids))])
    assert [event.request for event in either.latest(100, NOW - timedelta(days=3))] == ids[:-1]


def test_the_list_has_one_object_per_event_and_at_most_so_many(either: Rejected) -> None:
    either.put([rejected(request_id(NOW, number), (b"1", b"2", b"3")) for number in range(3)])
    found = either.latest(4, NOW - timedelta(days=1))
    assert [(event.request[-1], event.index) for event in found] == [("2", 0), ("2", 2), ("2", 4), ("1", 0)]
    assert found[0].reasons[0].code is Code.UNKNOWN_EVENT


def test_a_replayed_event_keeps_its_first_time(either: Rejected) -> None:
    kept = rejected(request_id(NOW), (b"1", b"2"))
    either.put([kept])
    either.mark(kept.request, {2: NOW})
    either.mark(kept.request, {2: NOW + timedelta(hours=1)})
    found = either.request(kept.request)
    assert found is not None
    assert [item.replayed_at for item in found.items] == [None, NOW]


def test_putting_a_request_again_forgets_no_replay(either: Rejected) -> None:
    kept = rejected(request_id(NOW) + ".0a1b2c3d")
    either.put([kept])
    either.mark(kept.request, {0: NOW})
    assert either.put([kept]) == []
    assert either.latest(10, NOW - timedelta(days=1))[0].replayed_at == NOW


def test_all_events_of_a_large_request_are_marked(either: Rejected) -> None:
    kept = rejected(request_id(NOW), (b"1",) * 120)
    either.put([kept])
    either.mark(kept.request, {item.index: NOW for item in kept.items})
    found = either.request(kept.request)
    assert found is not None
    assert {item.replayed_at for item in found.items} == {NOW}


def test_no_expression_is_larger_than_dynamodb_takes(adapter: DynamoRejected) -> None:
    kept = rejected(request_id(NOW))
    adapter.put([kept])
    sizes: list[int] = []
    clients.client("dynamodb").meta.events.register(
        "before-call.dynamodb.UpdateItem",
        lambda params, **_: sizes.append(len(json.loads(params["body"])["UpdateExpression"])),
    )
    adapter.mark(kept.request, {10_000 + index: NOW for index in range(101)})
    assert len(sizes) == 3
    assert max(sizes) < 4096


def test_marking_what_is_gone_says_so(either: Rejected) -> None:
    with pytest.raises(LookupError):
        either.mark(request_id(NOW, 5), {0: NOW})


DROPPED = Dropped(at=NOW, by="ann")


def test_what_is_dropped_is_in_no_list_unless_it_is_asked_for_and_stays_as_it_is(either: Rejected) -> None:
    first, second = rejected(request_id(NOW, 1), (b"1", b"2")), rejected(request_id(NOW, 2), (b"3",))
    either.put([first, second])
    yesterday = NOW - timedelta(days=1)
    for _ in range(2):
        either.drop(second.request, [0], DROPPED)
        either.drop(first.request, [2], DROPPED)

    assert [(one.request, one.index) for one in either.latest(1, yesterday)] == [(first.request, 0)]
    everything = either.latest(10, yesterday, with_dropped=True)
    assert [one.dropped for one in everything] == [DROPPED, None, DROPPED]
    found = either.request(second.request)
    assert found is not None
    assert [(item.body, item.dropped) for item in found.items] == [(b"3", DROPPED)]


def test_what_is_dropped_and_brought_in_all_the_same_is_listed_again(either: Rejected) -> None:
    kept = rejected(request_id(NOW))
    either.put([kept])
    either.drop(kept.request, [0], DROPPED)
    either.mark(kept.request, {0: NOW})

    [event] = either.latest(10, NOW - timedelta(days=1))
    assert (event.replayed_at, event.dropped) == (NOW, DROPPED)


def test_all_events_of_a_large_request_are_dropped_at_once(either: Rejected) -> None:
    """With a body of its own they would have no room for a time and a name each beside it."""
    kept = rejected(request_id(NOW), (random.Random(1).randbytes(250_000), *(b"1",) * 9_999))
    assert either.put([kept]) == []
    either.drop(kept.request, [item.index for item in kept.items], DROPPED)
    found = either.request(kept.request)
    assert found is not None
    assert {item.dropped for item in found.items} == {DROPPED}


def test_dropping_what_is_gone_says_so(either: Rejected) -> None:
    with pytest.raises(LookupError):
        either.drop(request_id(NOW, 5), [0], DROPPED)


def test_what_no_item_holds_is_kept_in_the_bucket(adapter: DynamoRejected) -> None:
    noise = random.Random(1).randbytes(600_000)
    kept = rejected(request_id(NOW), (noise,))
    assert adapter.put([kept]) == []
    assert adapter.request(kept.request) == kept
    objects = boto3.client("s3").list_objects_v2(Bucket="workspace")["Contents"]
    assert [one["Key"] for one in objects] == [f"rejected/{kept.request}.json.z"]


def test_an_item_whose_object_expired_is_gone(adapter: DynamoRejected) -> None:
    kept = rejected(request_id(NOW), (random.Random(1).randbytes(600_000),))
    adapter.put([kept, rejected(request_id(NOW, 1))])
    boto3.client("s3").delete_object(Bucket="workspace", Key=f"rejected/{kept.request}.json.z")
    assert adapter.request(kept.request) is None
    assert [event.request for event in adapter.latest(10, NOW)] == [request_id(NOW, 1)]


def test_dynamodb_deletes_the_item_by_its_own_attribute(adapter: DynamoRejected) -> None:
    adapter.put([rejected(request_id(NOW))])
    (item,) = boto3.client("dynamodb").scan(TableName="rejected")["Items"]
    assert item["expires_at"] == {"N": "2000000000"}
    assert item["pk"]["S"].startswith("2026-11-21#")


def test_what_cannot_be_written_is_named_and_the_others_are_written(adapter: DynamoRejected) -> None:
    boto3.client("s3").delete_bucket(Bucket="workspace")
    large = rejected(request_id(NOW), (random.Random(1).randbytes(600_000),))
    assert adapter.put([large, rejected(request_id(NOW, 1))]) == [0]
    assert adapter.request(request_id(NOW, 1)) is not None


def test_reading_without_the_table_is_unavailable(adapter: DynamoRejected) -> None:
    boto3.client("dynamodb").delete_table(TableName="rejected")
    for ask in (lambda: adapter.request(request_id(NOW)), lambda: adapter.latest(1, NOW)):
        with pytest.raises(Unavailable):
            ask()
