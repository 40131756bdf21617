"""Entries of the bus that a rule could not deliver, to where the rule leads."""

from __future__ import annotations

import json
from pathlib import Path

from tests.unit.cli.dead_letters.account import PARTNER, Aws, redriven, run


def test_entries_for_a_target_that_is_no_queue_are_published_again_as_they_were(aws: Aws) -> None:
    """As https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html has them."""
    aws.events.create_event_bus(Name="partner")
    undelivered = aws.queue("headrace-local-RoutesRefundsDeadLetters1")
    aws.rule("refunds", "Event", PARTNER, undelivered, Description="Refunds")
    entry = {"source": "headrace", "detail-type": "Event", "detail": {"person": "user:u1"}, "id": "1"}
    aws.send(undelivered, json.dumps(entry), json.dumps({"made": "by the rule"}), TARGET_ARN=PARTNER)

    said = redriven("Refunds")

    assert said["brought_back"] == 1
    assert "its rule transforms entries" in next(iter(said["never"]))
    [again] = [json.loads(body) for body in aws.bodies(aws.orders)]
    assert {name: again[name] for name in ("source", "detail-type", "detail")} == {
        name: entry[name] for name in ("source", "detail-type", "detail")
    }


def test_what_says_where_it_was_for_goes_there_where_a_rule_leads_to_several(aws: Aws) -> None:
    other = aws.queue("other")
    aws.rule("also", "Event", other, aws.orders_dead, Description="Also")
    aws.send(aws.orders_dead, "for the other", TARGET_ARN=aws.arn(other))
    aws.send(aws.orders_dead, "of either")

    said = redriven("also")

    assert (said["brought_back"], sum(said["of_others"].values())) == (1, 1)
    assert aws.bodies(other) == ["for the other"]
    assert aws.bodies(aws.orders) == []
    assert aws.bodies(aws.orders_dead) == ["of either"]


def test_what_came_from_a_queue_of_others_is_neither_moved_nor_saved_nor_dropped(
    aws: Aws, tmp_path: Path
) -> None:
    """Their queue names the same one for its dead letters: of these nothing is ours, whatever they hold."""
    invoices = "arn:aws:sqs:us-east-1:123456789012:billing-payments"
    aws.send(aws.orders_dead, "pay invoice 7", TARGET_ARN=invoices)
    aws.send(aws.orders_dead, "an order")

    for brought_back in (1, 0):
        ended = run("retry", "orders", "--save", str(tmp_path / "kept.jsonl"))
        assert ended.exit_code == 0, "nothing of ours is there still"
        assert ("1 retried" in ended.stdout) == bool(brought_back)
        assert "1 left to others" in ended.stdout
        assert "came from another queue" in ended.stdout

    assert aws.bodies(aws.orders) == ["an order"]
    assert not (tmp_path / "kept.jsonl").exists()
    assert aws.bodies(aws.orders_dead) == ["pay invoice 7"]
