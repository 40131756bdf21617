"""The message log on moto and the fake, held to one contract; then what only the adapter has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from shared.aws import clients
from shared.aws.messages.items import PARTITIONS_OF_A_DAY
from shared.aws.messages.lists import OF_DAY, OF_PERSON
from shared.aws.messages.log import DynamoMessages
from shared.events import DOCTOR, Event
from shared.failures import Unavailable
from shared.messaging.message_log import LoggedMessage
from shared.messaging.messages import MessageRequest, Status, Why
from shared.ports.messages import Messages, SpendCapReached
from tests.fakes.messages import FakeMessages
from tests.fakes.pretended_aws import pretended_aws

NOW = datetime(2026, 11, 21, 18, 10, tzinfo=UTC)
UNTIL = NOW + timedelta(seconds=35)
LATER = NOW + timedelta(minutes=3)
KEPT = timedelta(days=400)


def request(
    number: int = 1, person: str = "user:u1", requested_at: datetime = NOW, **fields: Any
) -> MessageRequest:
    event = Event(
        id=f"e{number}", type="track", name="Complete Purchase", user_id="u1", source="shop", protocol="headrace",
        occurred_at=NOW, received_at=NOW,
    )  # fmt: skip
    return MessageRequest(
        id=f"m{number}", channel="sms", campaign="big-spender", person=person, event=event,
        requested_at=requested_at, workspace=1, **fields,
    )  # fmt: skip


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with pretended_aws(monkeypatch):
        indexes = [
            {
                "IndexName": name,
                "KeySchema": [
                    {"AttributeName": key, "KeyType": "HASH"},
                    {"AttributeName": "requested_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
            for name, key in ((OF_PERSON, "person"), (OF_DAY, "day"))
        ]
        boto3.client("dynamodb").create_table(
            TableName="messages",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"}
                for name in ("pk", "person", "day", "requested_at")
            ],
            GlobalSecondaryIndexes=indexes,  # type: ignore[arg-type]
            BillingMode="PAY_PER_REQUEST",
        )
        yield


@pytest.fixture
def adapter(aws: None) -> DynamoMessages:
    return DynamoMessages("messages", kept=KEPT, clock=lambda: LATER, sleep=lambda _: None)


@pytest.fixture(params=["adapter", "fake"])
def log(request: pytest.FixtureRequest) -> Messages:
    return FakeMessages() if request.param == "fake" else request.getfixturevalue("adapter")


def claim(log: Messages, one: MessageRequest, **changed: Any) -> LoggedMessage | None:
    return log.claim(
        one, **{"to": "+15550100", "until": UNTIL, "at": NOW, "spend_usd": 0.0, "cap_usd": 0.0, **changed}
    )


def release(log: Messages, one: MessageRequest, **changed: Any) -> None:
    log.release(
        one, **{"reason": Why.PROVIDER_UNAVAILABLE, "tried": True, "at": NOW, "spend_usd": 0.0, **changed}
    )


def record(log: Messages, one: MessageRequest, status: Status, **changed: Any) -> None:
    log.record(
        one, **{"status": status, "reason": None, "to": None, "provider_id": None, "at": LATER, **changed}
    )


def only(log: Messages) -> LoggedMessage:
    (found,) = log.of_person(["user:u1"], 10)
    return found


def test_a_message_is_claimed_once(log: Messages) -> None:
    assert claim(log, request()) is None
    assert claim(log, request(), at=LATER) == LoggedMessage(
        "m1", "user:u1", "big-spender", "sms", "e1", "Complete Purchase", Status.REQUESTED, None, "+15550100", None,
        NOW, UNTIL, NOW, 1,
    )  # fmt: skip


def test_a_sent_message_is_not_claimed_again(log: Messages) -> None:
    claim(log, request())
    record(log, request(), Status.SENT, to="+15550100", provider_id="p1")

    standing = claim(log, request(), at=LATER)

    assert standing is not None
    assert (standing.status, standing.provider_id, standing.claimed_until, standing.updated_at) == (
        Status.SENT, "p1", None, LATER,
    )  # fmt: skip


def test_a_released_message_can_be_claimed_again(log: Messages) -> None:
    claim(log, request())
    release(log, request(), spend_usd=0)

    assert (only(log).status, only(log).claimed_until) == (Status.WAITING, None)
    assert only(log).reason is Why.PROVIDER_UNAVAILABLE
    assert claim(log, request(), at=LATER) is None
    assert (only(log).status, only(log).reason) == (Status.REQUESTED, None)


def test_attempts_are_counted_unless_the_message_was_not_tried(log: Messages) -> None:
    for tried, attempts in ((True, 1), (False, 1), (True, 2), (False, 2), (False, 2)):
        assert claim(log, request(), spend_usd=0.1, cap_usd=0.1) is None
        release(log, request(), tried=tried, spend_usd=0.1)
        assert only(log).attempts == attempts

    claim(log, request())
    assert only(log).attempts == 3
    record(log, request(), Status.SENT)
    assert only(log).attempts == 3


def test_a_claim_that_is_taken_over_counts_as_another_attempt(log: Messages) -> None:
    claim(log, request())
    claim(log, request(), at=LATER, instead_of=only(log))

    assert only(log).attempts == 2


def test_a_message_that_waits_unclaimed_says_why(log: Messages) -> None:
    log.wait(request(), reason=Why.RATE_LIMITED, at=NOW)
    log.wait(request(), reason=Why.RECEIVER_SLOW, at=LATER)

    found = only(log)
    assert (found.status, found.reason, found.attempts) == (Status.WAITING, Why.RECEIVER_SLOW, 0)
    assert (found.updated_at, found.claimed_until, found.to) == (LATER, None, None)
    assert log.find("m1") == found
    assert claim(log, request()) is None


def test_what_is_claimed_or_decided_does_not_wait(log: Messages) -> None:
    claim(log, request())
    log.wait(request(), reason=Why.RATE_LIMITED, at=LATER)
    assert only(log).status is Status.REQUESTED

    record(log, request(), Status.SENT)
    log.wait(request(), reason=Why.RATE_LIMITED, at=LATER)
    assert only(log).status is Status.SENT


def test_a_waiting_message_keeps_its_attempts_and_its_address(log: Messages) -> None:
    claim(log, request())
    release(log, request())
    log.wait(request(), reason=Why.RATE_LIMITED, at=LATER)
    assert (only(log).attempts, only(log).to) == (1, "+15550100")

    log.decline(request(), status=Status.EXPIRED, reason=Why.WAITED_TOO_LONG, to=None, at=LATER)
    assert (only(log).attempts, only(log).to) == (1, "+15550100")


def test_faults_are_counted_whatever_the_message_stands_at(log: Messages) -> None:
    assert [log.fault(request(), at=NOW) for _ in range(2)] == [1, 2]
    assert (only(log).status, only(log).reason, only(log).attempts) == (Status.WAITING, Why.FAULT, 0)

    claim(log, request())
    record(log, request(), Status.SENT)
    assert log.fault(request(), at=LATER) == 3
    assert only(log).status is Status.SENT


def test_nobody_finds_a_message_that_is_not_there(log: Messages) -> None:
    assert log.find("m1") is None


def test_a_message_that_may_have_left_before_is_given_back_as_uncertain(log: Messages) -> None:
    claim(log, request())
    assert claim(log, request(), at=LATER, instead_of=only(log)) is None
    release(log, request(), tried=False, may_have_left=True, at=LATER)

    given_back = only(log)
    assert (given_back.status, given_back.reason) == (Status.UNCERTAIN, Why.OUTCOME_UNKNOWN)
    assert (given_back.attempts, given_back.claimed_until) == (1, None)
    standing = log.decline(request(), status=Status.EXPIRED, reason=Why.WAITED_TOO_LONG, to=None, at=LATER)
    assert standing == given_back
    assert claim(log, request(), at=LATER) == given_back
    assert claim(log, request(), at=LATER, instead_of=given_back) is None
    assert only(log).attempts == 2


def test_only_a_claim_is_released(log: Messages) -> None:
    release(log, request(), spend_usd=0.01)
    assert log.of_person(["user:u1"], 10) == []

    claim(log, request(), spend_usd=0.01, cap_usd=0.01)
    record(log, request(), Status.SENT)
    release(log, request(), spend_usd=0.01)

    assert only(log).status is Status.SENT
    with pytest.raises(SpendCapReached):
        claim(log, request(2), spend_usd=0.01, cap_usd=0.01)


def test_a_declined_message_says_why_and_is_not_claimed(log: Messages) -> None:
    assert log.decline(request(), status=Status.SKIPPED, reason=Why.NO_ADDRESS, to=None, at=NOW) is None

    standing = claim(log, request())

    assert standing is not None
    assert (standing.status, standing.reason, standing.to) == (Status.SKIPPED, Why.NO_ADDRESS, None)


def test_the_words_behind_a_reason_stay_with_it_and_go_with_it(log: Messages) -> None:
    words = "`text` of the template sms, line 1: `traits.x` is missing, and there is no default"
    log.decline(
        request(), status=Status.FAILED, reason=Why.TEMPLATE_VALUE_MISSING, to=None, at=NOW, detail=words
    )
    assert only(log).detail == words


def test_the_words_of_a_refusal_are_replaced_by_what_is_known_later(log: Messages) -> None:
    claim(log, request())
    record(log, request(), Status.FAILED, reason=Why.PROVIDER_REFUSED, detail="MessageRejected: no")
    assert only(log).detail == "MessageRejected: no"

    record(log, request(), Status.SENT, provider_id="p1")
    assert (only(log).status, only(log).reason, only(log).detail) == (Status.SENT, None, None)


def test_a_claimed_message_is_not_declined(log: Messages) -> None:
    claim(log, request())
    standing = log.decline(request(), status=Status.SKIPPED, reason=Why.CONSENT_WITHDRAWN, to=None, at=LATER)

    assert standing is not None
    assert standing.claimed_until == UNTIL
    assert only(log).status is Status.REQUESTED


def test_a_released_message_can_be_declined(log: Messages) -> None:
    claim(log, request())
    release(log, request(), spend_usd=0)

    assert (
        log.decline(request(), status=Status.SKIPPED, reason=Why.CONSENT_WITHDRAWN, to="+1555", at=LATER)
        is None
    )
    assert (only(log).status, only(log).to) == (Status.SKIPPED, "+1555")


@pytest.mark.parametrize("status", [Status.FAILED, Status.UNCERTAIN, Status.SENT])
def test_a_sent_message_stays_sent(log: Messages, status: Status) -> None:
    claim(log, request())
    record(log, request(), Status.SENT, provider_id="p1")
    record(log, request(), status, reason=Why.OUTCOME_UNKNOWN, at=LATER + timedelta(hours=1))

    assert (only(log).status, only(log).reason, only(log).updated_at) == (Status.SENT, None, LATER)


def test_a_sent_message_becomes_delivered_and_stays_that(log: Messages) -> None:
    claim(log, request())
    record(log, request(), Status.SENT, provider_id="p1")
    record(log, request(), Status.DELIVERED)
    record(log, request(), Status.FAILED, reason=Why.PROVIDER_REFUSED)

    assert (only(log).status, only(log).provider_id, only(log).to) == (Status.DELIVERED, "p1", "+15550100")


def test_an_uncertain_message_turns_out_to_be_sent(log: Messages) -> None:
    claim(log, request())
    record(log, request(), Status.UNCERTAIN, reason=Why.OUTCOME_UNKNOWN)
    record(log, request(), Status.SENT)

    assert (only(log).status, only(log).reason) == (Status.SENT, None)


def test_what_was_never_claimed_is_not_recorded(log: Messages) -> None:
    record(log, request(), Status.SENT)
    assert log.of_person(["user:u1"], 10) == []


@pytest.mark.parametrize("uncertain", [False, True])
def test_an_expired_claim_is_taken_over_once(log: Messages, uncertain: bool) -> None:
    claim(log, request())
    if uncertain:
        record(log, request(), Status.UNCERTAIN, reason=Why.OUTCOME_UNKNOWN)
    stood = only(log)

    assert claim(log, request(), at=LATER, until=LATER + timedelta(seconds=35), instead_of=stood) is None
    standing = claim(log, request(), at=LATER, until=LATER + timedelta(seconds=40), instead_of=stood)

    assert standing is not None
    assert (standing.status, standing.claimed_until) == (Status.REQUESTED, LATER + timedelta(seconds=35))


def test_money_is_counted_up_to_the_cap_of_the_day(log: Messages) -> None:
    for number in range(3):
        assert claim(log, request(number), spend_usd=0.1, cap_usd=0.3) is None
    with pytest.raises(SpendCapReached):
        claim(log, request(4), spend_usd=0.1, cap_usd=0.3)

    assert len(log.of_person(["user:u1"], 10)) == 3
    assert claim(log, request(4), spend_usd=0.1, cap_usd=0.3, at=NOW + timedelta(days=1)) is None


def test_a_message_dearer_than_the_cap_is_not_claimed(log: Messages) -> None:
    with pytest.raises(SpendCapReached):
        claim(log, request(), spend_usd=0.02, cap_usd=0.01)
    assert log.of_person(["user:u1"], 10) == []


def test_money_is_counted_once_per_message(log: Messages) -> None:
    claim(log, request(), spend_usd=0.1, cap_usd=0.2)
    assert claim(log, request(), spend_usd=0.1, cap_usd=0.2) is not None
    assert claim(log, request(2), spend_usd=0.1, cap_usd=0.2) is None


def test_money_of_a_released_message_is_given_back(log: Messages) -> None:
    claim(log, request(), spend_usd=0.1, cap_usd=0.1)
    release(log, request(), spend_usd=0.1)
    release(log, request(), spend_usd=0.1)

    assert claim(log, request(2), spend_usd=0.1, cap_usd=0.1) is None
    with pytest.raises(SpendCapReached):
        claim(log, request(3), spend_usd=0.1, cap_usd=0.1)


def test_at_the_cap_a_message_that_stands_already_is_shown_as_it_stands(log: Messages) -> None:
    claim(log, request(), spend_usd=0.1, cap_usd=0.1)
    assert claim(log, request(), spend_usd=0.1, cap_usd=0.1) is not None


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


def stored() -> dict[str, Any]:
    (item,) = boto3.client("dynamodb").scan(TableName="messages")["Items"]
    return item


def test_a_message_is_kept_from_when_its_outcome_was_known(adapter: DynamoMessages) -> None:
    claim(adapter, request())
    assert "expires_at" not in stored()
    release(adapter, request())
    adapter.wait(request(), reason=Why.RATE_LIMITED, at=NOW)
    assert "expires_at" not in stored(), "what still waits is never forgotten"

    claim(adapter, request())
    record(adapter, request(), Status.UNCERTAIN, reason=Why.OUTCOME_UNKNOWN)
    assert stored()["expires_at"]["N"] == str(int((LATER + KEPT).timestamp()))

    claim(adapter, request(), instead_of=only(adapter))
    assert "expires_at" not in stored(), "an uncertain one may be sent again"
    record(adapter, request(), Status.SENT, at=LATER + timedelta(days=1))
    assert stored()["expires_at"]["N"] == str(int((LATER + timedelta(days=1) + KEPT).timestamp()))


def test_a_message_given_back_as_uncertain_is_kept_as_long(adapter: DynamoMessages) -> None:
    claim(adapter, request())
    release(adapter, request(), may_have_left=True)
    assert stored()["expires_at"]["N"] == str(int((NOW + KEPT).timestamp()))

    claim(adapter, request(), at=LATER, instead_of=only(adapter))
    assert "expires_at" not in stored()


def test_a_declined_message_is_kept_as_long(adapter: DynamoMessages) -> None:
    adapter.decline(request(), status=Status.SKIPPED, reason=Why.NO_ADDRESS, to=None, at=NOW)

    assert stored()["expires_at"]["N"] == str(int((NOW + KEPT).timestamp()))


@pytest.mark.parametrize("kept", [None, timedelta(days=400), timedelta(days=30)])
def test_a_message_of_the_doctors_is_kept_for_a_month(aws: None, kept: timedelta | None) -> None:
    log = DynamoMessages("messages", kept=kept, clock=lambda: LATER)
    one = request().model_copy(update={"campaign": DOCTOR})
    claim(log, one)
    record(log, one, Status.SENT, at=NOW)
    assert stored()["expires_at"] == {"N": str(int((NOW + timedelta(days=30)).timestamp()))}


def test_a_log_that_is_kept_for_ever_has_no_end(aws: None) -> None:
    log = DynamoMessages("messages", kept=None)
    log.decline(request(), status=Status.SKIPPED, reason=Why.NO_ADDRESS, to=None, at=NOW)

    assert "expires_at" not in stored()


def test_the_sum_of_a_day_is_forgotten_after_a_while(adapter: DynamoMessages) -> None:
    for number in range(2):
        claim(adapter, request(number), spend_usd=0.1, cap_usd=1.0, at=NOW + timedelta(hours=number))

    items = boto3.client("dynamodb").scan(TableName="messages")["Items"]
    (day,) = [item for item in items if item["pk"]["S"].startswith("spend#")]
    assert day["expires_at"]["N"] == str(int((NOW + timedelta(days=40)).timestamp()))
    assert day["microusd"]["N"] == "200000"


def test_the_messages_of_a_day_lie_in_all_its_partitions(adapter: DynamoMessages) -> None:
    for number in range(40):
        claim(adapter, request(number))

    items = boto3.client("dynamodb").scan(TableName="messages")["Items"]
    assert {item["day"]["S"] for item in items} == {
        f"2026-11-21#{number}" for number in range(PARTITIONS_OF_A_DAY)
    }


def test_a_message_released_before_it_could_be_said_to_wait_can_be_claimed(adapter: DynamoMessages) -> None:
    """As versions before this one left it: `requested`, with no claim."""
    claim(adapter, request())
    boto3.client("dynamodb").update_item(
        TableName="messages",
        Key={"pk": {"S": "m1"}},
        UpdateExpression="REMOVE claimed_until, claim, attempts",
    )

    assert claim(adapter, request(), at=LATER) is None
    assert only(adapter).attempts == 1


class Flaky:
    """The moto client, whose next calls of one operation fail: with an error, after their effect or without it."""

    def __init__(self, operation: str, errors: list[Exception], *, after_effect: bool) -> None:
        self.real = clients.client("dynamodb")
        self.operation, self.errors, self.after_effect = operation, errors, after_effect

    def __getattr__(self, name: str) -> Any:
        real = getattr(self.real, name)
        if name != self.operation:
            return real

        def call(**arguments: Any) -> Any:
            error = self.errors.pop(0) if self.errors else None
            if error is None or self.after_effect:
                answer = real(**arguments)
            if error is not None:
                raise error
            return answer

        return call


def conflict(reason: str = "TransactionConflict") -> ClientError:
    return ClientError(
        {
            "Error": {"Code": "TransactionCanceledException", "Message": ""},
            "CancellationReasons": [{"Code": "None"}, {"Code": reason}],
        },
        "TransactWriteItems",
    )


def throttled() -> ClientError:
    return ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "UpdateItem")


def test_claims_that_collide_on_the_sum_of_the_day_are_tried_again(
    adapter: DynamoMessages, monkeypatch: pytest.MonkeyPatch
) -> None:
    flaky = Flaky("transact_write_items", [conflict() for _ in range(3)], after_effect=False)
    monkeypatch.setitem(clients._clients, "dynamodb", flaky)

    assert claim(adapter, request(), spend_usd=0.1, cap_usd=0.1) is None

    flaky.errors = [conflict() for _ in range(99)]
    with pytest.raises(Unavailable):
        claim(adapter, request(2), spend_usd=0.1, cap_usd=0.3)


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError"])
def test_a_claim_given_back_while_others_spend_is_given_back_all_the_same(
    adapter: DynamoMessages, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    """It would stand as uncertain, though its message surely did not leave, and its money would be gone."""
    claim(adapter, request(), spend_usd=0.1, cap_usd=0.1)
    flaky = Flaky("transact_write_items", [conflict(reason) for _ in range(3)], after_effect=False)
    monkeypatch.setitem(clients._clients, "dynamodb", flaky)

    release(adapter, request(), reason=Why.RATE_LIMITED, tried=False, spend_usd=0.1)

    assert (only(adapter).status, only(adapter).attempts) == (Status.WAITING, 0)
    assert claim(adapter, request(2), spend_usd=0.1, cap_usd=0.1) is None


def test_an_outcome_is_recorded_though_another_delivery_claims_at_that_moment(
    adapter: DynamoMessages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A claim that spends is a transaction: what meets it is refused, and the client does not repeat that."""
    claim(adapter, request())
    collision = ClientError({"Error": {"Code": "TransactionConflictException", "Message": ""}}, "UpdateItem")
    flaky = Flaky("update_item", [collision for _ in range(3)], after_effect=False)
    monkeypatch.setitem(clients._clients, "dynamodb", flaky)

    record(adapter, request(), Status.SENT)

    assert only(adapter).status is Status.SENT
    flaky.errors = [collision for _ in range(99)]
    with pytest.raises(Unavailable):
        record(adapter, request(), Status.DELIVERED)


def test_a_throttled_log_is_unavailable(adapter: DynamoMessages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(clients._clients, "dynamodb", Flaky("update_item", [throttled()], after_effect=False))
    with pytest.raises(Unavailable):
        claim(adapter, request())
    assert claim(adapter, request()) is None


def test_a_claim_repeated_by_the_client_because_its_answer_was_lost_is_ours(
    adapter: DynamoMessages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """botocore repeats a call whose connection broke; the repetition then meets the item that the first one wrote."""
    real = clients.client("dynamodb")
    tried: list[Exception] = []

    class Repeating:
        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def update_item(self, **arguments: Any) -> Any:
            if not tried:
                real.update_item(**arguments)
                tried.append(ConnectionClosedError(endpoint_url="https://dynamodb"))
            return real.update_item(**arguments)

    monkeypatch.setitem(clients._clients, "dynamodb", Repeating())
    assert claim(adapter, request()) is None
    assert tried
