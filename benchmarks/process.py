"""What `process`, and `archive` after it, ask of AWS for 1,000 events, and what else the stage takes: `process_speed`.

The stages and adapters are the real ones. The people are known: `known` folds their past first, through the stage.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks import process_speed, stream
from benchmarks.answered_aws import AnsweredAws
from benchmarks.shop import Shopper, moments, shoppers
from benchmarks.stream import LambdaRecord
from cli.cost.traffic import EVENTS_IN_SESSION, SESSION_SECONDS
from functions.archive.batches import archive
from functions.process import arrivals
from functions.process.batch import Process
from functions.process.people import changes, stored
from shared import identity
from shared.aws.queues.dead_letters import SqsDeadLetters
from shared.aws.streams.bus import EventBridgeBus
from shared.aws.streams.delivery import FirehoseDelivery
from shared.aws.tables.failed_tries import DynamoFailedTries
from shared.aws.tables.profiles import DynamoProfiles
from shared.aws.tables.rejected import DynamoRejected
from shared.aws.tables.timeline import DynamoTimeline
from shared.fold.profile import Changes, Profile
from shared.garbage import look_seldom
from shared.ports.people import Profiles
from shared.stored.current_workspace import CurrentWorkspace
from shared.workspace.model import Campaign, Template, Workspace
from simulation.billing.meter import Meter
from simulation.billing.units import put_units
from simulation.contents import LAKE, PROFILES, REJECTED, TIMELINE
from simulation.ports.profiles import FakeProfiles
from simulation.ports.workspaces import FakeWorkspaces

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
EVENTS, EVENT_BYTES = 1_000, 1_024
PEOPLE, REQUEST = 300, 20
SESSIONS_HOURS_AGO = (20.0, 8.0, 0.2)
ARCHIVE_MESSAGES = 50
"""Messages of one `archive` invocation, as the stack sets it."""
ARCHIVE_QUEUE = "ArchiveBatchesQueue"

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
    with known() as (aws, process):
        return {**_counts(aws, process), **process_speed.measure(aws, process, loads())}


def counts() -> dict[str, float]:
    """Only what is counted: the same at every run."""
    with known() as (aws, process):
        return _counts(aws, process)


def _counts(aws: AnsweredAws, process: Process) -> dict[str, float]:
    figures: dict[str, float] = {}
    for name, records in loads().items():
        with aws.undone():
            billed = _costs(aws, process, records)
        figures |= {
            f"process.{name}.aws_calls_per_1000": billed.sum("calls"),
            f"process.{name}.write_units_per_1000": billed.sum("write_units"),
            f"process.{name}.read_units_per_1000": billed.sum("read_units"),
            f"process.{name}.bus_entries_per_1000": billed.sum("bus_units"),
            f"process.{name}.kinesis_units_per_1000": sum(
                put_units(stream.data(record)) for record in records
            ),
        }
    return figures


def loads() -> dict[str, list[LambdaRecord]]:
    """1,000 events each: 50 people's batches of 20; and 50 batches of 20 events of anybody out of 300."""
    everybody = shoppers(PEOPLE, "today")
    draw = random.Random(300)
    own = [shopper for shopper in everybody[: EVENTS // REQUEST] for _ in range(REQUEST)]
    anybody = [*everybody, *draw.choices(everybody, k=EVENTS - PEOPLE)]
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


def _costs(aws: AnsweredAws, process: Process, records: list[LambdaRecord]) -> Meter:
    """One invocation of `process`, and those of `archive` for what it published."""
    aws.meter.billed.clear()
    counted = process.batch(records)
    if counted["events"] != EVENTS or counted["duplicates"] or counted["messages_requested"]:
        raise ValueError(f"the load is not what it is meant to be: {counted}")
    queue = aws.account.sqs[ARCHIVE_QUEUE]
    messages: list[dict[str, Any]] = []
    while received := queue.receive():
        messages += [{"messageId": one.id, "body": one.body} for one in received]
        for one in received:
            queue.delete(one.handle)
    delivery = FirehoseDelivery(stream=LAKE)
    for start in range(0, len(messages), ARCHIVE_MESSAGES):
        if archive(messages[start : start + ARCHIVE_MESSAGES], delivery).again:
            raise ValueError("rows stayed behind")
    return aws.meter


@contextmanager
def known() -> Iterator[tuple[AnsweredAws, Process]]:
    """300 people with a past: anonymous, then known; traits, consents, a device, counters, a running session."""
    with stage() as (aws, process):
        past(process.profiles, PEOPLE)
        yield aws, process


@contextmanager
def stage() -> Iterator[tuple[AnsweredAws, Process]]:
    """The stage on its adapters, and AWS without anybody."""
    aws = AnsweredAws(NOW)
    process = Process(
        profiles=DynamoProfiles(PROFILES),
        timeline=DynamoTimeline(TIMELINE),
        rejected=DynamoRejected(REJECTED, "WorkspaceBucket"),
        bus=EventBridgeBus("headrace-prod"),
        dead_letters=SqsDeadLetters(aws.account.sqs["ProcessDeadLetters"].url, "WorkspaceBucket"),
        tries=DynamoFailedTries(REJECTED),
        workspace=CurrentWorkspace(FakeWorkspaces(WORKSPACE), None, lambda: 0.0),
        clock=lambda: NOW,
        savers=1,  # nobody waits for a network here: more threads would only get in each other's way
    )
    with aws.connected(), looking_seldom():
        yield aws, process


@contextmanager
def looking_seldom() -> Iterator[None]:
    """Look for circles of objects as the function does, and afterwards as Python does by itself."""
    thresholds = gc.get_threshold()
    look_seldom()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)


def past(profiles: Profiles, people: int) -> None:
    """What so many people did before today, lived in memory (that is quicker) and stored at the end."""
    memory = FakeProfiles()
    everybody = shoppers(people, "past")
    first = NOW - timedelta(hours=SESSIONS_HOURS_AGO[0])
    _live(memory, first, [stream.request([one.visits(first)], first) for one in everybody])
    _live(memory, first, [stream.request([one.says_who(first)], first) for one in everybody])
    for hours in SESSIONS_HOURS_AGO:
        began = NOW - timedelta(hours=hours)
        ended = began + timedelta(seconds=SESSION_SECONDS)
        acts = [
            [one.did(at) for at in moments(began, EVENTS_IN_SESSION, SESSION_SECONDS)] for one in everybody
        ]
        _live(memory, ended, [stream.request(events, ended) for events in acts])
        if (due := ended + WORKSPACE.settings.session_idle) < NOW:
            keys = [identity.key("user", one.user_id) for one in everybody]
            _live(memory, due, [[stream.timer(key, due)] for key in keys])
    for item in memory.snapshot().values():
        profiles.save(
            Changes(profiles=(item,)) if isinstance(item, Profile) else Changes(pointers=(item,)), at=NOW
        )


def _live(profiles: Profiles, at: datetime, requests: list[list[LambdaRecord]]) -> None:
    """Fold and save, as the stage does; nothing is announced."""
    arrived, unreadable = arrivals.read([record for records in requests for record in records])
    if unreadable:
        raise ValueError(f"{len(unreadable)} records cannot be read")
    firsts: dict[str, str] = {}
    for arrival in arrived:
        firsts.setdefault(arrival.record.key, arrival.sequence)
    living = changes.People(stored.load(arrived, profiles), firsts)
    for arrival in arrived:
        living.fold(arrival, WORKSPACE)
    for unit in living.saves.units():
        profiles.save(living.saves.changes(unit), at=at)
