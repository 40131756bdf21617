"""What is seen of a world in the end, in the oracle's plain values: the one place that reads what is stored."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from shared.aws.messages.items import logged
from shared.compression import decompressed
from shared.fold.outbox import entry_size
from shared.fold.profile import Pointer, Profile
from shared.messaging.message_log import standing
from shared.stored.timelines import recent
from simulation.campaign.accounting import unbalanced
from simulation.campaign.faults.striking import Struck
from simulation.campaign.oracle.observed import (
    Attempt,
    LoggedMessage,
    Observed,
    Row,
    StoredPerson,
    Taken,
)

TIMER = re.compile(rb'"protocol":"headrace",.*"request":"([^"]+)".*"name":"Timer Due"')

BASE64 = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")


def observed(
    world: Any,
    attempts: Sequence[Attempt],
    *,
    is_quiet: bool,
    struck: Sequence[Struck] = (),
    forwarded: Iterable[str] = (),
) -> Observed:
    stored = world.profiles()
    people = {key: item for key, item in stored.items() if isinstance(item, Profile)}
    return Observed(
        attempts=tuple(attempts),
        rows=tuple(_row(row) for row in world.lake_rows()),
        rejected=tuple(_readable(one.model_dump_json()) for one in world.rejected()),
        put_aside=(
            *((queue, _readable(body)) for queue, body in world.dead_letters()),
            *(("given up", _readable(body.decode())) for body in world.given_up()),
        ),
        people={key: _person(person) for key, person in people.items()},
        timelines={key: frozenset(_timeline(world, key, item)) for key, item in stored.items()},
        leads_to={key: root for key in stored if (root := _root(key, stored)) is not None},
        taken=tuple(Taken(one.at, one.channel, one.to, one.text) for one in world.sent()),
        logged=tuple(_logged(world)),
        waiting=() if is_quiet else tuple(_waiting(world)),
        largest={table.removeprefix("Tables").lower(): size for table, size in world.item_sizes().items()},
        ended_at=world.clock.now(),
        unbalanced=tuple(unbalanced(world)),
        forwarded=frozenset(forwarded),
        timers=dict(_timers(world)),
        sweeps_disturbed=_sweeps_disturbed(world, struck),
    )


def _timers(world: Any) -> Counter[str]:
    """How often each timer was put on the stream, as far as the stream still has it."""
    shards = world.account.kinesis["Stream"].shards.values()
    found = (TIMER.search(record.data) for shard in shards for record in shard.records(0))
    return Counter(timer.group(1).decode() for timer in found if timer is not None)


def _sweeps_disturbed(world: Any, struck: Sequence[Struck]) -> int:
    """Calls of `sweep` that a fault struck, invocations that failed of others, like an outage, and those that the clock
    called a second time."""
    sweeps = [one for one in world.invocations if one.function == "sweep"]
    failed: int = sum(one.outcome != "answered" for one in sweeps)
    twice = len(sweeps) - len({one.began for one in sweeps})
    return failed + twice + sum(one.place.stage == "sweep" for one in struck)


def _row(row: dict[str, Any]) -> Row:
    properties = row.get("properties", {})
    return Row(
        event_id=row["event_id"],
        type=row["type"],
        name=row["name"],
        source=row["source"],
        protocol=row["protocol"],
        key=row["partition_key"],
        sequence=row["sequence_number"],
        ordinal=row["ordinal"],
        person=row["person"],
        user_id=row.get("user_id"),
        said=properties.get("n"),
        session=properties.get("session_id"),
        occurred_at=row["occurred_at"],
        received_at=row["received_at"],
        in_session=row.get("session_id"),
        amount=properties.get("amount"),
        length=properties.get("session_length"),
        events=properties.get("events"),
        message=properties.get("message"),
    )


def _person(person: Profile) -> StoredPerson:
    states = person.states
    return StoredPerson(
        key=person.key,
        counters={name: counter.count for name, counter in states.counters.events.items()},
        traits=states.traits.values,
        due_at=person.due_at,
        outbox=sum(map(entry_size, person.outbox)),
        spans={name: (counter.first, counter.last) for name, counter in states.counters.events.items()},
    )


def _root(key: str, stored: dict[str, Any]) -> str | None:
    """Whom the key leads to; None if it leads nowhere, or in a circle."""
    for _ in range(len(stored)):
        item = stored.get(key)
        if not isinstance(item, Pointer):
            return key if item is not None else None
        key = item.target
    return None


def _timeline(world: Any, key: str, item: Profile | Pointer) -> Iterator[str]:
    """In chunks, and in the person's item. What joined stays under the key that it had."""
    yield from (event.id for event in world.timeline(key))
    if isinstance(item, Profile):
        yield from (event.id for event in recent(item, world.clock.now()))


def _logged(world: Any) -> Iterator[LoggedMessage]:
    for item in world.account.dynamodb.items("TablesMessages"):
        if "campaign" not in item:
            continue  # a day's spending
        message = logged(item)
        status, reason = standing(message, world.clock.now())
        yield LoggedMessage(
            message.campaign,
            message.event_id,
            status.value,
            reason and reason.value,
            message.id,
            message.requested_at,
            message.updated_at,
        )


def _waiting(world: Any) -> Iterable[str]:
    """What is left to do, by name; at least that there is something."""
    return [f"{queue}: {depth} messages" for queue, depth in world.queues().items() if depth] or [
        "the stream"
    ]


def _readable(text: str) -> str:
    """With what is base64 in it, or in that, read."""
    found = [text]
    for encoded in BASE64.findall(text):
        try:
            read = base64.b64decode(encoded + "=" * (-len(encoded) % 4))
        except ValueError:
            continue
        found.append(_readable(_text(read)))
    return "\n".join(found)


def _text(data: bytes) -> str:
    """A record as JSON text, whatever it is compressed by, and JSON as it is, or as rows for the archive are packed.
    Anything else says nothing: by chance it looks like whatever one looks for."""
    from shared import records

    try:
        record = records.decode(data)
    except Exception:  # noqa: BLE001  anything may be in a dead letter
        with suppress(ValueError):
            data = decompressed(data)
        return data.decode("utf-8", "replace") if data[:1] in (b"{", b"[") else ""
    return json.dumps([event.model_dump(mode="json") for event in record.events])
