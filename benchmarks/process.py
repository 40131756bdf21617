"""What `process`, and `archive` after it, ask of AWS for 1,000 events, and how many events a core folds in a second.

The stages and adapters are the real ones. The people are known: `_known` folds their past first, through the stage.
"""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import orjson

from benchmarks import stream
from benchmarks.billing import put_units
from benchmarks.metered_aws import MeteredAws, Usage
from benchmarks.shop import Shopper, moments, shoppers
from benchmarks.stream import LambdaRecord
from functions.archive import handler as archive
from functions.process.batch import Process
from shared import identity
from shared.aws.bus import EventBridgeBus
from shared.aws.dead_letters import SqsDeadLetters
from shared.aws.delivery import FirehoseDelivery
from shared.aws.profiles import DynamoProfiles
from shared.aws.rejected import DynamoRejected
from shared.aws.timeline import DynamoTimeline
from shared.current_workspace import CurrentWorkspace
from shared.workspace import Campaign, Template, Workspace
from tests.fakes.workspaces import FakeWorkspaces

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
EVENTS, EVENT_BYTES = 1_000, 1_024
PEOPLE, REQUEST = 300, 20
SESSIONS_HOURS_AGO = (20.0, 14.0, 8.0, 3.0, 0.2)
EVENTS_IN_SESSION = 20
ARCHIVE_MESSAGES = 50
"""Messages of one `archive` invocation, as the stack sets it."""
ROUNDS = 9
"""The quickest one counts: the others were disturbed."""

WORKSPACE = Workspace(
    templates=(
        Template(id="nudge", channel="push", parts={"title": "Still there?", "text": "Your cart is waiting"}),
    ),
    campaigns=tuple(
        Campaign(
            id=f"campaign-{number}", name=event, event=event, where=where, channel="push", template="nudge"
        )
        for number, (event, where) in enumerate(
            (
                (
                    "Add To Cart",
                    {"all": [{"property": "price", "at_least": 5_000}, {"consent": "push", "is": True}]},
                ),
                (
                    "View Item",
                    {"all": [{"counter": "View Item", "at_least": 50_000}, {"trait": "plan", "is": "free"}]},
                ),
                ("Search", {"property": "query", "exists": True}),
            )
        )
    ),
)
"""Campaigns that are asked often and never hold."""


def measure() -> dict[str, float]:
    """Every figure, by its name in results.json."""
    return {**counts(), **speeds()}


def counts() -> dict[str, float]:
    """What 1,000 events cost: the same at every run."""
    aws, process = _known()
    stored = copy.deepcopy(aws.tables)
    figures: dict[str, float] = {}
    for load, records in _loads().items():
        aws.tables = copy.deepcopy(stored)
        usage = _costs(aws, process, records)
        figures |= {
            f"process.{load}.aws_calls_per_1000": usage.aws_calls,
            f"process.{load}.write_units_per_1000": usage.write_units,
            f"process.{load}.read_units_per_1000": usage.read_units,
            f"process.{load}.bus_entries_per_1000": usage.bus_entries,
            f"process.{load}.kinesis_units_per_1000": sum(
                put_units(stream.data(record)) for record in records
            ),
        }
    return figures


def speeds() -> dict[str, float]:
    """Events a second on one core: the stage and its AWS clients, without sockets and TLS."""
    aws, process = _known()
    stored = copy.deepcopy(aws.tables)
    figures: dict[str, float] = {}
    for load, records in _loads().items():
        quickest = float("inf")
        for _ in range(ROUNDS):
            aws.tables = copy.deepcopy(stored)
            quickest = min(quickest, _seconds(aws, lambda records=records: process.batch(records)))  # type: ignore[misc]
        figures[f"process.{load}.events_per_second"] = round(EVENTS / quickest)
    return figures


def _loads() -> dict[str, list[LambdaRecord]]:
    """1,000 events each: 50 people's batches of 20; and 50 batches of 20 events of anybody out of 300."""
    people = shoppers(PEOPLE, "today")
    draw = random.Random(300)
    own = [shopper for shopper in people[: EVENTS // REQUEST] for _ in range(REQUEST)]
    anybody = [*people, *draw.choices(people, k=EVENTS - PEOPLE)]
    draw.shuffle(anybody)
    return {"one_person": _requests(own), "mixed_300": _requests(anybody)}


def _requests(doing: list[Shopper]) -> list[LambdaRecord]:
    received = [
        shopper.does(at, EVENT_BYTES)
        for shopper, at in zip(doing, moments(NOW - timedelta(seconds=30), EVENTS, 30), strict=True)
    ]
    return [
        record
        for start in range(0, EVENTS, REQUEST)
        for record in stream.request(received[start : start + REQUEST], NOW)
    ]


def _costs(aws: MeteredAws, process: Process, records: list[LambdaRecord]) -> Usage:
    """One invocation of `process`, and those of `archive` for what it published."""
    aws.take_usage()
    counted = process.batch(records)
    if counted["events"] != EVENTS or counted["duplicates"] or counted["messages_requested"]:
        raise ValueError(f"the load is not what it is meant to be: {counted}")
    messages = [
        {
            "messageId": str(position),
            "body": orjson.dumps(
                {"detail-type": entry["DetailType"], "detail": orjson.loads(entry["Detail"])}
            ).decode(),
        }
        for position, entry in enumerate(aws.published)
    ]
    delivery = FirehoseDelivery(stream="lake")
    for start in range(0, len(messages), ARCHIVE_MESSAGES):
        if archive.archive(messages[start : start + ARCHIVE_MESSAGES], delivery).again:
            raise ValueError("rows stayed behind")
    return aws.take_usage()


def _seconds(aws: MeteredAws, run: Callable[[], object]) -> float:
    aws.take_usage()
    began = time.process_time()
    run()
    return time.process_time() - began - aws.take_usage().seconds


def _known() -> tuple[MeteredAws, Process]:
    """300 people with a past: anonymous, then known; traits, consents, a device, counters, a running session."""
    aws = MeteredAws()
    aws.connect()
    clock = _Clock()
    process = Process(
        profiles=DynamoProfiles("profiles"),
        timeline=DynamoTimeline("timeline"),
        rejected=DynamoRejected("rejected", "bucket"),
        bus=EventBridgeBus("bus"),
        dead_letters=SqsDeadLetters("https://sqs.us-east-1.amazonaws.com/1/letters"),
        workspace=CurrentWorkspace(FakeWorkspaces(WORKSPACE), None, lambda: 0.0),
        clock=lambda: clock.now,
    )

    def deliver(at: datetime, records: list[LambdaRecord]) -> None:
        clock.now = at
        process.batch(records)

    people = shoppers(PEOPLE, "past")
    for hours in SESSIONS_HOURS_AGO:
        at = NOW - timedelta(hours=hours)
        if hours == SESSIONS_HOURS_AGO[0]:
            deliver(at, [record for one in people for record in stream.request([one.visits(at)], at)])
            deliver(at, [record for one in people for record in stream.request([one.says_who(at)], at)])
        acts = {one: [one.does(moment) for moment in moments(at, EVENTS_IN_SESSION, 300)] for one in people}
        later = at + timedelta(seconds=300)
        deliver(later, [record for events in acts.values() for record in stream.request(events, later)])
        if (due := later + timedelta(seconds=WORKSPACE.settings.session_idle_seconds)) < NOW:
            deliver(due, [stream.timer(identity.key("user", one.user_id), due) for one in people])
    clock.now = NOW
    aws.tables.pop("timeline")
    return aws, process


class _Clock:
    now = NOW
