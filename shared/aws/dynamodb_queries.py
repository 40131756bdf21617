"""Queries of DynamoDB, page after page: one answer has at most 1 MB.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shared.aws.clients import client, unavailable_when_failing


def items(**query: Any) -> Iterator[dict[str, Any]]:
    """The items that a query finds, in its order. A page is asked for when the one before is used up. `query` is what
    `Query` takes, and `PaginationConfig`. Raises Unavailable."""
    for page in pages(**query):
        yield from page


def pages(**query: Any) -> Iterator[list[dict[str, Any]]]:
    """The same, a page at a time."""
    found = client("dynamodb").get_paginator("query").paginate(**query)
    with unavailable_when_failing():
        for page in found:
            yield page["Items"]
