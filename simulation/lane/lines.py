"""A history as people write it: a line of JSON for each thing that happens, with the time at which it comes in.

An event has the shape of our own API. Other lines are feedback (`type: system`), or what an operator does: apply a
workspace, pause a campaign, resume it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from shared import identity
from shared.events import CLIENT_TYPES, SYSTEM, derived_id
from shared.fold.effects import TIMER_DUE
from simulation.lane.fields import OPERATED, unknown

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Times that a history may have: with room for the years before and after that limits and timers reach."""

LONGEST_NAME = 200

GZIP = b"\x1f\x8b"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
TIME = f"must be a time such as 2026-11-21T18:10:00Z, of the years {EARLIEST.year} to {LATEST.year - 1}"


@dataclass(frozen=True, slots=True)
class Sent:
    """An event of a client, as it is: `collect` judges it. `source` is the id of one, or a server's where None."""

    number: int
    at: datetime
    source: str | None
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Feedback:
    """An event of our own as another stage would put it on the stream, under the key of its person."""

    number: int
    at: datetime
    key: str
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Applied:
    """The workspace of this folder, as it was written, is in force from here on."""

    number: int
    at: datetime
    folder: str


@dataclass(frozen=True, slots=True)
class Paused:
    """The campaign is paused, or resumed."""

    number: int
    at: datetime
    campaign: str
    is_over: bool


Happening = Sent | Feedback | Applied | Paused


class BadLine(NamedTuple):
    """What is wrong with a line: the field (empty for the line as a whole), and the rule that it breaks."""

    number: int
    field: str
    rule: str

    def __str__(self) -> str:
        return (
            f"line {self.number}, {self.field}: {self.rule}"
            if self.field
            else f"line {self.number}: {self.rule}"
        )


class _Broken(Exception):
    def __init__(self, field: str, rule: str) -> None:
        super().__init__(rule)
        self.field, self.rule = field, rule


def read(data: bytes, seed: int = 0) -> tuple[list[Happening], list[BadLine]]:
    """What happens, in the order of arrival (lines of one time in theirs), and the lines that cannot be read. Ids that
    lines do not have are made of the seed and the line's number."""
    happenings: list[Happening] = []
    bad: list[BadLine] = []
    if rule := _no_lines(data):
        return [], [BadLine(1, "", rule)]
    for number, text in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not text.strip():
            continue
        try:
            happenings.append(_happening(number, _object(text), seed))
        except _Broken as broken:
            bad.append(BadLine(number, broken.field, broken.rule))
    return sorted(happenings, key=lambda one: one.at), bad


def instant(said: object) -> datetime | None:
    """A time by RFC 3339, UTC where it names no offset, in whole milliseconds as arrivals are counted; None where it is
    none, or beyond `EARLIEST` and `LATEST`."""
    if not isinstance(said, str) or said[4:5] != "-":
        return None
    try:
        read = datetime.fromisoformat(said)
        at = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at.replace(microsecond=at.microsecond // 1000 * 1000) if EARLIEST <= at < LATEST else None


def line_id(seed: int, number: int) -> str:
    """The id of an event whose line has none."""
    return derived_id("line", str(seed), str(number))


def _no_lines(data: bytes) -> str | None:
    """Why the whole is no NDJSON: said once, not of each line."""
    if data.startswith(GZIP):
        return "is compressed: `gunzip -c FILE | headrace simulate FOLDER -` reads it"
    if data.startswith(UTF_16):
        return "is UTF-16: `iconv -f UTF-16 -t UTF-8 FILE | headrace simulate FOLDER -` reads it"
    begun = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if begun.partition(b"\n")[0].rstrip() == b"{":
        return "is not JSON by itself: write one object per line, as `jq -c . FILE` does"
    if begun.startswith(b"["):
        return "must be a JSON object, and a list begins here: write one object per line, as `jq -c '.[]' FILE` does"
    return None


def _object(text: bytes) -> dict[str, Any]:
    try:
        read = orjson.loads(text.decode())
    except UnicodeDecodeError as error:
        raise _Broken("", f"is not UTF-8, at byte {error.start + 1}") from error
    except orjson.JSONDecodeError as error:
        raise _Broken("", f"is not JSON: {error.msg}, at character {error.colno}") from error
    if not isinstance(read, dict):
        raise _Broken("", "must be a JSON object")
    return read


def _happening(number: int, said: dict[str, Any], seed: int) -> Happening:
    operates = any(word in said for word in OPERATED)
    if not operates and (strange := unknown(said, said.get("type"))):
        raise _Broken(*strange)
    at = instant(said.get("received_at"))
    if at is None:
        raise _Broken("received_at", TIME if "received_at" in said else f"is missing, and {TIME}")
    for word in OPERATED:
        if word in said:
            return _operated(number, at, word, said)
    type_ = said.get("type")
    if type_ == SYSTEM:
        return _feedback(number, at, said, seed)
    if not isinstance(type_, str) or type_ not in CLIENT_TYPES:
        raise _Broken("type", f"must be one of {', '.join(sorted(CLIENT_TYPES))}, or {SYSTEM}")
    source = said.get("source")
    if source is not None and not isinstance(source, str):
        raise _Broken("source", "must be the id of a source of the workspace")
    raw = {name: value for name, value in said.items() if name not in ("received_at", "source")}
    return Sent(number, at, source, raw)


def _operated(number: int, at: datetime, word: str, said: dict[str, Any]) -> Applied | Paused:
    beside = sorted(said.keys() - {"received_at", word})
    if beside:
        raise _Broken(
            beside[0], f"has no place beside {word}: such a line has received_at and {word}, nothing else"
        )
    named = said[word]
    if not isinstance(named, str) or not named:
        raise _Broken(
            word, "must be a workspace's folder" if word == "apply" else "must be the id of a campaign"
        )
    if word == "apply":
        return Applied(number, at, named)
    return Paused(number, at, named, word == "resume")


def _feedback(number: int, at: datetime, said: Mapping[str, Any], seed: int) -> Feedback:
    name = said.get("event")
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or name == TIMER_DUE:
        raise _Broken(
            "event",
            ("" if "event" in said else "is missing, and ")
            + f"must be a name such as Notification Sent, of at most {LONGEST_NAME} characters; not {TIMER_DUE}, which "
            "only time brings",
        )
    user, anonymous = (
        _person(said, field, kind) for field, kind in (("userId", "user"), ("anonymousId", "anonymous"))
    )
    if user is None and anonymous is None:
        raise _Broken("userId", "must name a person, or anonymousId must")
    occurred = at if said.get("timestamp") is None else instant(said["timestamp"])
    if occurred is None:
        raise _Broken("timestamp", TIME)
    id_ = said.get("messageId", line_id(seed, number))
    if not isinstance(id_, str) or not 0 < len(id_) <= LONGEST_NAME:
        raise _Broken("messageId", f"must be text of at most {LONGEST_NAME} characters")
    event: dict[str, Any] = {"id": id_, "type": SYSTEM, "name": name, "occurred_at": occurred}
    for field in ("properties", "traits", "context"):
        value = said.get(field)
        if value is not None and not isinstance(value, dict):
            raise _Broken(field, "must be an object")
        if value:
            event[field] = value
    named = {"user_id": user, "anonymous_id": anonymous}
    event |= {field: value for field, value in named.items() if value is not None}
    return Feedback(number, at, identity.strongest(user, anonymous, {}), event)


def _person(said: Mapping[str, Any], field: str, kind: str) -> str | None:
    value = said.get(field)
    if value is None:
        return None
    named = identity.named(kind, value) if isinstance(value, str) and value else None
    if named is None or len(named) > identity.LONGEST:
        raise _Broken(
            field, f"must be an id: text of at most {identity.LONGEST} characters that names somebody"
        )
    return named
