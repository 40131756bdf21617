"""The message log while others write, while DynamoDB throttles, and when its answer is lost."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from shared.aws import clients
from shared.aws.messages.log import DynamoMessages
from shared.failures import Unavailable
from shared.messaging.messages import Status, Why
from tests.unit.aws.messages.one_message import claim, only, record, release, request


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
