"""Queries of DynamoDB, page after page: one answer has at most 1 MB. botocore's paginator takes longer around a page
than the page takes: it makes a class for each query, and copies the context of each call.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shared.aws.clients import client, unavailable_when_failing


def items(**query: Any) -> Iterator[dict[str, Any]]:
    """The items that a query finds, in its order. A page is asked for when the one before is used up. `query` is what
    `Query` takes, and `PaginationConfig` with `PageSize` and `MaxItems`. Raises Unavailable."""
    for page in pages(**query):
        yield from page


def pages(**query: Any) -> Iterator[list[dict[str, Any]]]:
    """The same, a page at a time."""
    config = query.pop("PaginationConfig", {})
    left: int | None = config.get("MaxItems")
    if "PageSize" in config:
        query["Limit"] = config["PageSize"]
    with unavailable_when_failing():
        while True:
            answer = client("dynamodb").query(**query)
            found: list[dict[str, Any]] = answer["Items"]
            yield found[:left]
            if left is not None:
                left -= len(found)
            if "LastEvaluatedKey" not in answer or (left is not None and left <= 0):
                return
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
