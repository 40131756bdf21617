"""Queries of DynamoDB, page after page, on moto and on a service that answers as it is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from shared.aws import dynamodb_queries
from shared.aws.clients import client
from shared.failures import Unavailable
from tests.fakes.pretended_aws import pretended_aws

ALL: dict[str, Any] = {
    "TableName": "things",
    "KeyConditionExpression": "pk = :pk",
    "ExpressionAttributeValues": {":pk": {"S": "p"}},
}


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with pretended_aws(monkeypatch):
        client("dynamodb").create_table(
            TableName="things",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
        for number in range(5):
            client("dynamodb").put_item(TableName="things", Item={"pk": {"S": "p"}, "sk": {"S": str(number)}})
        yield


def _names(items: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> list[str]:
    return [item["sk"]["S"] for item in items]


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(("size", "pages"), [(1, [1, 1, 1, 1, 1]), (2, [2, 2, 1]), (4, [4, 1]), (6, [5])])
def test_every_item_comes_once_and_in_order_however_small_the_pages(size: int, pages: list[int]) -> None:
    config = {"PaginationConfig": {"PageSize": size}}

    assert _names(dynamodb_queries.items(**ALL, **config)) == list("01234")
    assert _names(dynamodb_queries.items(**ALL, **config, ScanIndexForward=False)) == list("43210")
    assert [len(page) for page in dynamodb_queries.pages(**ALL, **config) if page] == pages


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(("size", "most"), [(1, 3), (2, 3), (3, 3), (2, 5), (4, 9)])
def test_no_more_items_come_than_are_asked_for(size: int, most: int) -> None:
    config = {"PaginationConfig": {"PageSize": size, "MaxItems": most}}

    assert _names(dynamodb_queries.items(**ALL, **config)) == list("01234")[:most]


def test_a_page_is_asked_for_when_the_one_before_is_used_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with pretended_aws(monkeypatch), Stubber(client("dynamodb")) as dynamodb:
        first = {"pk": {"S": "p"}, "sk": {"S": "0"}}
        dynamodb.add_response("query", {"Items": [first], "LastEvaluatedKey": first}, ALL)
        items = dynamodb_queries.items(**ALL)

        assert next(items) == first
        dynamodb.assert_no_pending_responses()
        dynamodb.add_client_error("query", "InternalServerError", http_status_code=500)
        with pytest.raises(Unavailable):
            next(items)
