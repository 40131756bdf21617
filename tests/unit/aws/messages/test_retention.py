"""How long DynamoDB keeps messages and sums, and how they lie in its partitions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import boto3
import pytest

from shared.aws.messages.items import PARTITIONS_OF_A_DAY
from shared.aws.messages.log import DynamoMessages
from shared.events import DOCTOR
from shared.messaging.messages import Status, Why
from tests.unit.aws.messages.one_message import KEPT, LATER, NOW, claim, only, record, release, request


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
