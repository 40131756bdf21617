"""What is in a dead letter. `summary` says what it is about without anything of a person; `content` is all of it."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from cli.dead_letters.causes import REJECTED, REJECTED_GIVEN_UP
from cli.dead_letters.looking import Found
from cli.dead_letters.places import SQS, Holds
from cli.dead_letters.ways import NeverAgain, data_of
from cli.stacks import Stack
from shared.aws.queues import given_up, queue_contents
from shared.aws.queues.dead_letter_queues import DeadLetter
from shared.bus_entries import EventBatch
from shared.failures import Unavailable
from shared.records import DECIDED
from shared.tee import TeedRequest

TRIED_AGAIN_THRICE = {"Refused", "VersionConflict", "UnreadableSlice", "MemoryError"}
"""Errors of `process` that may pass. Any other is certain to come again, so one try is enough."""

NAMES_SHOWN = 10
"""Names of events."""


def read(found: Found, stack: Stack) -> Any:
    """Decoded; a text where it cannot be. Raises Unavailable."""
    if found.letter is None:
        return _batch(found)
    try:
        return READERS[found.place.holds](found.letter, stack)
    except (ValueError, KeyError, TypeError, AttributeError):
        return found.letter.body


def summary(found: Found, content: Any) -> dict[str, Any]:
    """By the names of what it says."""
    if not isinstance(content, dict):
        return {"tries": tries(found)}
    return {"tries": tries(found), **SUMMARIES[found.place.holds](content)}


def tries(found: Found) -> str:
    """How often it was tried before it became a dead letter. Raises nothing: what nobody says is not known."""
    letter, holds = found.letter, found.place.holds
    if letter is None:
        count = (
            given_up.head(found.place.at, found.id).get("requestContext", {}).get("approximateInvokeCount")
        )
        return f"about {count}" if isinstance(count, int) else "not known"
    if letter.tries is not None:
        return f"{letter.tries + 1} by the bus"
    if holds is Holds.RECORDS:
        return "3" if found.cause.name in TRIED_AGAIN_THRICE else "1: it would fail each time"
    if holds is Holds.MESSAGES:
        return "3"
    if found.cause in (REJECTED, REJECTED_GIVEN_UP):
        return (
            "1: it would fail each time" if found.cause == REJECTED else "for as long as its stream keeps it"
        )
    for arn in found.place.leads_to:
        if arn.startswith(SQS) and letter.came_from in (None, arn):
            try:
                most = queue_contents.queue(arn).most_deliveries
            except Unavailable:
                continue
            if most is not None:
                return str(most)
    return "not known"


def _record(letter: DeadLetter, stack: Stack) -> Any:
    said = orjson.loads(letter.body)
    try:
        data = base64.b64decode(data_of(said, stack["WorkspaceBucket"]), validate=True)
    except NeverAgain as error:
        return {**said, "problem": str(error)}
    return {"key": said["key"], "sequence": said.get("sequence"), **_decoded(data)}


def _decoded(data: bytes) -> dict[str, Any]:
    """A record, or as text what is none; with what was decided of it, if it was folded before."""
    try:
        said = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {"bytes": len(data), "data": data.decode(errors="replace")}
    if data.startswith(DECIDED):
        return {"bytes": len(data), "record": said.get("record"), "decided": said["decided"]}
    return {"bytes": len(data), "record": said}


def _batch(found: Found) -> Any:
    try:
        content = given_up.read(found.place.at, found.id)
    except given_up.NoBatch as error:
        return error.content
    head = given_up.head(found.place.at, found.id)
    return {**head, "records": [{"key": one.key, **_decoded(one.data)} for one in content.entries]}


def _rows(letter: DeadLetter, _: Stack) -> Any:
    said = orjson.loads(letter.body)
    if said.keys() & {"rejected", "DDBStreamBatchInfo"}:
        return said
    batch = EventBatch.model_validate(said["detail"])
    return {"rows": [row.model_dump(mode="json") for row in batch.unpacked()]}


def _request(letter: DeadLetter, _: Stack) -> Any:
    """Without the values of headers: they have the vendor's credentials."""
    teed = TeedRequest.decode(letter.body)
    return {
        **teed._asdict(),
        "headers": sorted(teed.headers),
        "body": teed.body.decode(errors="replace"),
        "received_at": teed.received_at.isoformat(),
    }


def _json(letter: DeadLetter, _: Stack) -> Any:
    return orjson.loads(letter.body)


READERS = {
    Holds.RECORDS: _record, Holds.ROWS: _rows, Holds.REQUESTS: _request, Holds.MESSAGES: _json, Holds.ENTRIES: _json,
}  # fmt: skip


def _about_record(content: Mapping[str, Any]) -> dict[str, Any]:
    record = content.get("record")
    if not isinstance(record, dict):
        return {name: content[name] for name in ("bytes", "problem") if name in content}
    about = {name: record.get(name) for name in ("request", "source", "protocol", "received_at", "workspace")}
    events = record.get("events")
    return {
        **about,
        **_counted(events if isinstance(events, list) else []),
        "folded": "yes, only its results are missing" if "decided" in content else "no",
        "bytes": content["bytes"],
    }


def _about_batch(content: Mapping[str, Any]) -> dict[str, Any]:
    info, records = content.get("KinesisBatchInfo") or {}, content["records"]
    events = [
        event
        for one in records
        if isinstance(one.get("record"), dict)
        for event in one["record"].get("events") or ()
    ]
    about = {
        "shard": info.get("shardId"),
        "first_arrived": info.get("approximateArrivalOfFirstRecord"),
        "last_arrived": info.get("approximateArrivalOfLastRecord"),
        "records": len(records),
        "bytes": sum(one["bytes"] for one in records),
    }
    return {**about, **_counted(events)}


def _about_rows(content: Mapping[str, Any]) -> dict[str, Any]:
    if "rejected" in content:
        return {"rejected_request": content["rejected"]}
    if "DDBStreamBatchInfo" in content:
        info = content["DDBStreamBatchInfo"]
        return {name: info.get(name) for name in sorted(info) if isinstance(info.get(name), (str, int))}
    return _counted([row["event"] for row in content["rows"]])


def _about_message(content: Mapping[str, Any]) -> dict[str, Any]:
    detail = content.get("detail")
    if not isinstance(detail, dict):
        return {}
    event = detail.get("event")
    return {
        "message": detail.get("id"),
        **{name: detail.get(name) for name in ("channel", "campaign", "requested_at", "workspace")},
        "event": event.get("name") if isinstance(event, dict) else None,
    }


def _about_request(content: Mapping[str, Any]) -> dict[str, Any]:
    names = ("source", "protocol", "call", "method", "status", "events", "rejected", "received_at")
    return {"request": content["id"], **{name: content[name] for name in names}}


def _about_entry(content: Mapping[str, Any]) -> dict[str, Any]:
    detail = content.get("detail")
    event = detail.get("event") if isinstance(detail, dict) else None
    return {
        **{
            name: content[name]
            for name in ("source", "detail-type", "time")
            if isinstance(content.get(name), str)
        },
        **({"event": event.get("name")} if isinstance(event, dict) else {}),
    }


SUMMARIES = {
    Holds.RECORDS: _about_record, Holds.BATCHES: _about_batch, Holds.ROWS: _about_rows,
    Holds.MESSAGES: _about_message, Holds.REQUESTS: _about_request, Holds.ENTRIES: _about_entry,
}  # fmt: skip


def _counted(events: Sequence[Any]) -> dict[str, Any]:
    names = Counter(str(one.get("name") or one.get("type")) for one in events if isinstance(one, dict))
    shown = [f"{count} {name}" for name, count in names.most_common(NAMES_SHOWN)]
    rest = len(names) - len(shown)
    return {"events": ", ".join([*shown, *([f"{rest} other names"] if rest > 0 else [])]) or "none"}
