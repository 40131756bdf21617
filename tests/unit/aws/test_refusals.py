"""What AWS refuses for its content is told apart from what it cannot do now, and takes nothing else with it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from shared.aws import item_retries
from shared.aws.clients import unavailable_when_failing
from shared.aws.item_retries import put_all
from shared.failures import Refused, Unavailable


def failing(code: str, *reasons: str, status: int = 400) -> ClientError:
    answer: dict[str, Any] = {
        "Error": {"Code": code, "Message": ""},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    if reasons:
        answer["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(answer, "Call")  # type: ignore[arg-type]


REFUSALS = [
    failing("ValidationException"),
    failing("TransactionCanceledException", "None", "ValidationError"),
    failing("TransactionCanceledException", "ItemCollectionSizeLimitExceeded", "None"),
    failing("InvalidArgumentException"),
    failing("SerializationException"),
    failing("413", status=413),
]
OF_THE_MOMENT: list[Exception] = [
    *(
        failing(code)
        for code in (
            "ThrottlingException",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "LimitExceededException",
            "KMSThrottlingException",
            "AccessDeniedException",
            "ResourceNotFoundException",
            "ExpiredTokenException",
            "UnrecognizedClientException",
        )
    ),
    failing("InternalServerError", status=500),
    failing("ServiceUnavailable", status=503),
    failing("TransactionCanceledException", "None", "ThrottlingError"),
    failing("TransactionCanceledException", "TransactionConflict"),
    failing("TransactionCanceledException", "ProvisionedThroughputExceeded"),
    EndpointConnectionError(endpoint_url="https://x"),
    ReadTimeoutError(endpoint_url="https://x"),
    ConnectTimeoutError(endpoint_url="https://x"),
    NoCredentialsError(),
    ResponseParserError("<html>Service Unavailable</html>"),
]


@pytest.mark.parametrize("error", REFUSALS, ids=str)
def test_what_speaks_of_the_content_is_a_refusal(error: ClientError) -> None:
    with pytest.raises(Refused), unavailable_when_failing():
        raise error


@pytest.mark.parametrize("error", OF_THE_MOMENT, ids=str)
def test_throttling_time_outs_and_missing_permissions_are_never_refusals(error: Exception) -> None:
    with pytest.raises(Unavailable) as raised, unavailable_when_failing():
        raise error
    assert type(raised.value) is Unavailable


class Service:
    """Takes calls of items, but one with a poisoned item only as a refusal of the whole call."""

    def __init__(self, *poisoned: int) -> None:
        self.poisoned = set(poisoned)
        self.taken: list[int] = []
        self.calls = 0

    def put(self, positions: list[int]) -> dict[int, str]:
        self.calls += 1
        if self.poisoned & set(positions):
            raise failing("ValidationException")
        self.taken += positions
        return {}


@pytest.mark.parametrize("poisoned", [(), (0,), (24,), (3, 17), tuple(range(25))])
def test_a_call_refused_for_one_item_is_halved_until_that_item_is_alone(poisoned: tuple[int, ...]) -> None:
    service = Service(*poisoned)
    left = put_all([1] * 25, service.put, most_items=25, most_bytes=1_000)
    assert (list(left), left.refused) == (list(poisoned), frozenset(poisoned))
    assert sorted(service.taken) == [at for at in range(25) if at not in poisoned]
    assert service.calls <= 50


def test_an_item_refused_by_its_own_code_is_not_sent_again_and_a_throttled_one_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(item_retries, "FIRST_PAUSE", 0)
    calls: list[list[int]] = []

    def put(positions: list[int]) -> dict[int, str]:
        calls.append(positions)
        codes = {0: "MalformedDetail", 2: "ThrottlingException"}
        return {position: codes[position] for position in positions if position in codes}

    left = put_all([1] * 3, put, most_items=10, most_bytes=1_000)
    assert (list(left), set(left.refused)) == ([0, 2], {0})
    assert calls == [[0, 1, 2], *[[2]] * (item_retries.ATTEMPTS - 1)]


def test_a_call_that_fails_for_the_moment_is_not_halved() -> None:
    calls: list[list[int]] = []

    def put(positions: list[int]) -> dict[int, str]:
        calls.append(positions)
        raise failing("ThrottlingException")

    left = put_all([1] * 5, put, most_items=10, most_bytes=1_000)
    assert (list(left), calls) == ([0, 1, 2, 3, 4], [[0, 1, 2, 3, 4]])
    assert not left.refused
