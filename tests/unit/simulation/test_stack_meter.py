"""A stack that runs is billed function by function, with what Lambda asks of its queues."""

from __future__ import annotations

from datetime import timedelta

from simulation.billing.meter import Billed
from simulation.billing.stack_meter import StackMeter
from simulation.world import World
from tests.unit.simulation import shop


def test_each_call_is_billed_to_the_function_that_makes_it_and_nothing_from_before_the_meter() -> None:
    with World(shop.workspace(), seed=1) as world:
        shop.send(world, [shop.known("ada")])
        world.drain()
        meter = StackMeter(world)
        shop.send(world, [shop.order(1, "ada")])
        assert world.drain(timedelta(hours=1))

    calls = {(one.by, one.of): count for one, count in meter.billed.items() if one.unit == "calls"}
    assert calls["collect", "PutRecords"] == 1
    assert calls["archive", "PutRecordBatch"] >= 1
    assert calls["process", "PutEvents"] >= 1
    assert meter.sum("records", by="collect") == 1
    assert meter.sum("write_units", by="process", of="TablesProfiles") >= 1
    assert not [one for one in meter.billed if one.by == "archive" and one.unit == "write_units"]
    assert meter.billed[Billed("collect", "invocations", "")] == 1
    assert meter.sum("items", by="process") == meter.sum("records")
    assert {one.function for one in meter.invocations} >= {"collect", "process", "archive", "send-sms"}


def test_a_message_is_sent_received_and_deleted_and_each_line_of_a_log_counts() -> None:
    with World(shop.workspace(), seed=1) as world:
        meter = StackMeter(world)
        shop.send(world, [shop.known("ada")])
        world.drain()

    messages = meter.sum("items", by="archive")
    assert messages >= 1
    assert meter.sum("queue_requests", by="archive") == 2 * messages + meter.sum("invocations", by="archive")
    [line] = [line for one in meter.invocations if one.function == "collect" for line in one.lines]
    assert meter.log_bytes("collect") == len(line.encode()) + 26
