"""Log lines → what they witness. A line of no stage, or of none that has a say here, witnesses nothing.

`put` stands in the lines of whoever puts records on the stream, `ledger` in those of `process`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from shared.events import HEADRACE
from shared.ledger import outcomes, places
from shared.ledger.binary import Reader, Unreadable, as_text
from shared.ledger.outcomes import Outcome
from shared.ledger.places import Place

PUT, LEDGER = "put", "ledger"

COLLECT = "collect"
"""The stage of which every line counts: a request that put nothing may have been refused."""

READ = (
    PUT, LEDGER, "source", "status", "collect_requests", "collect_received", "collect_accepted", "collect_rejected",
)  # fmt: skip

MOST_RECORDS, MOST_MESSAGES = 2_000, 3_000
"""In one line of `process`: 100 KB at most, where CloudWatch takes 256."""

ID_BYTES = 16

HOUR = 3600

Shop = tuple[str, int]
"""A source, or a campaign, and the hour of the arrival, counted from 1970."""


class Put(NamedTuple):
    """One request's records, or one invocation's. `events` are in them, None if the line does not say. `received` and
    `rejected` are events, `refused` is 1 for a request that was refused whole. `is_void`: the laptop's emulator lost
    what it knew by then, with whatever is not mentioned later. `follows_again`: it also lost that this had been done,
    and whoever put it does it once more, in other records."""

    at: datetime
    source: str | None
    places: tuple[Place, ...] = ()
    events: int | None = None
    received: int = 0
    rejected: int = 0
    refused: int = 0
    is_void: bool = False
    follows_again: bool = False


class Processed(NamedTuple):
    """What `process` says of records of one source and hour."""

    at: datetime
    shard: int
    source: str
    hour: int
    outcomes: tuple[Outcome, ...]


class Requested(NamedTuple):
    """Messages that a campaign requested, by their ids."""

    at: datetime
    campaign: str
    hour: int
    messages: tuple[str, ...]


Witness = Put | Processed | Requested


def hour_of(at: datetime) -> int:
    return int(at.timestamp()) // HOUR


def of_process(
    shard: int,
    records: Mapping[Shop, Sequence[Outcome]],
    messages: Mapping[Shop, Sequence[str]],
) -> list[dict[str, Any]]:
    """For `ledger`, a line each: there are several only where there is so much that one would be cut."""
    lines: list[dict[str, Any]] = []
    said: dict[str, Any] = {"shard": shard, "records": []}
    room = MOST_RECORDS
    for (source, hour), of in records.items():
        for part in _parts(of, room, MOST_RECORDS):
            if room < len(part):
                lines.append(said)
                said, room = {"shard": shard, "records": []}, MOST_RECORDS
            said["records"].append([source, hour, outcomes.written(part)])
            room -= len(part)
    lines.append(said)
    for (campaign, hour), ids in messages.items():
        for part in _parts(ids, MOST_MESSAGES, MOST_MESSAGES):
            if sum(len(one[2]) for one in said.get("messages", ())) > 22 * (MOST_MESSAGES - len(part)):
                said = {"shard": shard, "records": []}
                lines.append(said)
            said.setdefault("messages", []).append([campaign, hour, _written(part)])
    return lines


def witnesses(line: Mapping[str, Any], at: datetime, stage: str) -> Iterator[Witness]:
    """What a line says, as the JSON that it is, of a stage's function. Raises Unreadable."""
    try:
        if stage == COLLECT and "collect_requests" in line:
            yield _collected(line, at)
        elif PUT in line:
            yield Put(at, HEADRACE, tuple(places.read(line[PUT])))
        if (said := line.get(LEDGER)) is not None:
            for source, hour, text in said["records"]:
                yield Processed(at, said["shard"], source, hour, tuple(outcomes.read(text)))
            for campaign, hour, text in said.get("messages", ()):
                yield Requested(at, campaign, hour, tuple(_read(text)))
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"not a line of the ledger: {error!r}") from error


def is_of_the_ledger(line: Mapping[str, Any], stage: str) -> bool:
    return PUT in line or LEDGER in line or (stage == COLLECT and "collect_requests" in line)


def kept(line: Mapping[str, Any]) -> dict[str, Any]:
    """What `witnesses` reads of a line, and no more."""
    return {name: line[name] for name in READ if name in line}


def _collected(line: Mapping[str, Any], at: datetime) -> Put:
    """A request whose line has no source was refused before anybody looked at its events, though the line of one that
    was on a format's path counts them, as none. One that was answered with 5xx may have left records on the stream all
    the same: the line does not say how many events they have."""
    put = tuple(places.read(line[PUT])) if PUT in line else ()
    counted = line.get("source") is not None and "collect_accepted" in line and line["status"] < 500
    refused = int(line["status"] >= 400 and not counted)
    if not counted:
        return Put(at, line.get("source"), put, refused=refused)
    received, accepted, rejected = (
        round(line[f"collect_{name}"][0]) for name in ("received", "accepted", "rejected")
    )
    return Put(at, line.get("source"), put, accepted, received, rejected)


def _parts(of: Sequence[Any], room: int, most: int) -> Iterable[Sequence[Any]]:
    if len(of) <= room:
        return [of]
    return [of[start : start + most] for start in range(0, len(of), most)]


def _written(ids: Sequence[str]) -> str:
    return as_text(b"".join(bytes.fromhex(one) for one in ids))


def _read(text: str) -> Iterator[str]:
    content = Reader(text).rest()
    for start in range(0, len(content), ID_BYTES):
        yield content[start : start + ID_BYTES].hex()
