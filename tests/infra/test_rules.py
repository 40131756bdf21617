"""Every rule matches what the code puts on the bus, and each entry goes where it should and nowhere else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from moto.events.models import EventPattern

from functions.collect.handler import KEEP_ACTIVE
from shared.bus_entries import SOURCE, ArchiveRow, Entry, EventBatch, ForwardedEvent, MessageRequested
from shared.events import Event
from shared.messaging.channels import CHANNELS, QUEUES, Channel
from tests.infra.template import Template

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def event(name: str = "Complete Purchase") -> Event:
    return Event(
        id="e1",
        type="track",
        name=name,
        user_id="u1",
        properties={"amount": 1500, "currency": "USD"},
        source="server",
        protocol="headrace",
        occurred_at=NOON,
        received_at=NOON,
    )


def requested(channel: Channel) -> MessageRequested:
    return MessageRequested(
        id="m1",
        channel=channel,
        campaign="big-spender",
        person="user:u1",
        event=event(),
        requested_at=NOON,
        workspace=1,
    )


def batch() -> EventBatch:
    row = ArchiveRow(event=event(), person="user:u1", key="user:u1", sequence="1", ordinal=0)
    return EventBatch.packing([row.model_dump_json().encode()])


def on_the_bus(entry: Entry) -> dict[str, Any]:
    """As the adapter publishes it and EventBridge envelops it."""
    return {
        "version": "0",
        "id": "1",
        "source": SOURCE,
        "detail-type": entry.detail_type,
        "account": "000000000000",
        "time": "2026-11-21T12:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": json.loads(entry.model_dump_json(exclude_defaults=True)),
    }


def queues_for(entry: Entry, template: Template) -> list[str]:
    """The logical ids, without their hashes, of the queues whose rules match."""
    return [
        target["Arn"]["Fn::GetAtt"][0][:-8]
        for rule in template.properties("AWS::Events::Rule").values()
        if "EventPattern" in rule
        and EventPattern.load(json.dumps(rule["EventPattern"])).matches_event(on_the_bus(entry))
        for target in rule["Targets"]
    ]


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_requested_message_goes_to_its_channels_queue_alone(channel: Channel, template: Template) -> None:
    (queue,) = (owner for owner, channels in QUEUES.items() if channel in channels)
    assert queues_for(requested(channel), template) == [f"Send{queue.capitalize()}RequestsQueue"]


def test_packed_events_go_to_the_archive_alone(template: Template) -> None:
    assert queues_for(batch(), template) == ["ArchiveBatchesQueue"]


def test_a_forwarded_purchase_takes_the_example_route(template: Template) -> None:
    assert queues_for(ForwardedEvent(event=event(), person="user:u1"), template) == ["RoutesPurchases"]


def test_a_forwarded_event_that_no_route_asks_for_goes_nowhere(template: Template) -> None:
    assert queues_for(ForwardedEvent(event=event("View Item"), person="user:u1"), template) == []


def test_every_rule_over_the_bus_matches_something_that_is_emitted(template: Template) -> None:
    emitted: list[Entry] = [*map(requested, CHANNELS), batch()]
    emitted.append(ForwardedEvent(event=event(), person="user:u1"))
    rules = [rule for rule in template.properties("AWS::Events::Rule").values() if "EventPattern" in rule]

    for rule in rules:
        pattern = EventPattern.load(json.dumps(rule["EventPattern"]))
        assert any(pattern.matches_event(on_the_bus(entry)) for entry in emitted), rule


def test_rules_listen_to_our_bus_and_may_put_into_their_queues(template: Template) -> None:
    (bus,) = template.all("AWS::Events::EventBus")
    allowed = {
        (
            statement["Resource"]["Fn::GetAtt"][0],
            statement["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::GetAtt"][0],
        )
        for policy in template.properties("AWS::SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow" and statement["Principal"] == {"Service": "events.amazonaws.com"}
    }

    for name, rule in template.each("AWS::Events::Rule").items():
        if "EventPattern" in rule:
            assert rule["EventBusName"] == {"Ref": bus}
            for target in rule["Targets"]:
                assert (target["Arn"]["Fn::GetAtt"][0], name) in allowed


def scheduled(template: Template) -> dict[str, list[dict[str, Any]]]:
    """The targets of the default bus's schedules."""
    return {
        rule["ScheduleExpression"]: rule["Targets"]
        for rule in template.properties("AWS::Events::Rule").values()
        if "EventPattern" not in rule
    }


def test_sweep_is_called_every_minute_by_the_default_bus(template: Template) -> None:
    sweep, _ = template.function("sweep")

    assert [target["Arn"]["Fn::GetAtt"][0] for target in scheduled(template)["rate(1 minute)"]] == [sweep]


def test_collect_is_called_every_day_where_it_has_a_snapshot(template: Template) -> None:
    """By its alias: what is put away after 14 days is the version that senders call."""
    daily = scheduled(template).get("rate(1 day)", [])
    aliases = list(template.all("AWS::Lambda::Alias"))

    assert bool(aliases) == template.settings.snap_start
    assert [target["Arn"] for target in daily] == [{"Ref": alias} for alias in aliases]
    for target in daily:
        assert json.loads(target["Input"]) == {KEEP_ACTIVE: True}
        assert target.get("RetryPolicy", {}).get("MaximumRetryAttempts") != 0
