"""Units are counted as AWS's pricing pages say."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from simulation.aws.dynamodb.index import Index
from simulation.aws.dynamodb.values import item_bytes
from simulation.billing.units import (
    bus_units,
    delivery_bytes,
    index_writes,
    kilobytes,
    log_bytes,
    put_units,
    queue_requests,
    read_units,
    write_units,
)


def item(size: int, **more: dict[str, Any]) -> dict[str, Any]:
    """An item of exactly so many bytes, `more` apart."""
    return {"pk": {"S": "u1"}, "state": {"B": base64.b64encode(bytes(size - 9)).decode()}, **more}


def due(bucket: str) -> dict[str, Any]:
    return {"due_bucket": {"S": bucket}, "due_at": {"S": bucket}}


@pytest.mark.parametrize(
    ("typed", "size"),
    [
        ({"S": "é"}, 2),
        ({"B": "AAAA"}, 3),
        ({"N": "0"}, 1),
        ({"N": "-7"}, 2),
        ({"N": "1500"}, 2),
        ({"N": "1234567"}, 5),
    ],
)
def test_a_value_takes_the_bytes_that_the_developer_guide_says(typed: dict[str, str], size: int) -> None:
    assert item_bytes({"ab": typed}) == 2 + size


def test_a_write_costs_a_unit_for_each_started_kilobyte_of_the_larger_item() -> None:
    assert write_units(None, item(1024)) == 1
    assert write_units(None, item(1025)) == 2
    assert write_units(item(3000), item(100)) == 3


@pytest.mark.parametrize("copies_all", [False, True])
def test_an_item_that_moves_in_the_index_pays_for_leaving_and_arriving(*, copies_all: bool) -> None:
    index = Index("due_bucket", "due_at", all=copies_all)

    def units(before: dict[str, Any] | None, after: dict[str, Any] | None) -> int:
        return index_writes(index, before, after, ("pk",))

    assert units(item(500), item(600)) == 0
    assert units(item(500), item(500, **due("a"))) == 1
    assert units(item(500, **due("a")), item(500, **due("a"))) == 0
    assert units(item(500, **due("a")), item(500, **due("b"))) == 2
    assert units(item(500, **due("a")), item(500)) == 1
    assert units(item(500, **due("a")), None) == 1


def test_an_index_of_keys_pays_for_no_other_attribute_and_one_of_all_for_each() -> None:
    small, large = item(500, **due("a")), item(3000, **due("a"))
    keys, all_ = Index("due_bucket", "due_at"), Index("due_bucket", "due_at", all=True)
    assert index_writes(keys, small, large, ("pk",)) == 0
    assert index_writes(all_, small, large, ("pk",)) == 3
    assert index_writes(all_, large, small, ("pk",)) == 3


def test_a_read_costs_a_unit_for_each_started_four_kilobytes_together_and_half_if_it_is_not_consistent() -> (
    None
):
    assert [read_units([one]) for one in (None, item(4096), item(4097))] == [1, 1, 2]
    assert read_units([item(2000), item(2000)]) == 1
    assert read_units([]) == 1
    assert [read_units([one], consistent=False) for one in (None, item(4096), item(4097))] == [0.5, 0.5, 1]


def test_the_bus_bills_64_kilobytes_and_the_stream_25() -> None:
    assert bus_units({"Source": "a", "DetailType": "b", "Detail": "x" * (64 * 1024 - 2)}) == 1
    assert bus_units({"Source": "a", "DetailType": "b", "Detail": "x" * (64 * 1024 - 1)}) == 2
    assert [put_units(bytes(size)) for size in (0, 25 * 1024, 25 * 1024 + 1)] == [1, 1, 2]


def test_firehose_bills_each_record_as_a_multiple_of_five_kilobytes() -> None:
    assert [delivery_bytes(size) for size in (1, 5 * 1024, 5 * 1024 + 1)] == [5 * 1024, 5 * 1024, 10 * 1024]


def test_a_stream_on_demand_bills_started_kilobytes() -> None:
    assert [kilobytes(bytes(size)) for size in (1, 1024, 1025)] == [1, 1, 2]


def test_sqs_bills_started_64_kilobytes_and_a_call_without_messages_once() -> None:
    assert [queue_requests(size) for size in (0, 64 * 1024, 64 * 1024 + 1)] == [1, 1, 2]


def test_each_line_of_a_log_has_26_bytes_more() -> None:
    assert log_bytes(["é", "abc"]) == 2 + 26 + 3 + 26
