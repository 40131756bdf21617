"""Answers and tallies as items of the tee table, and back.

An answer's key is its request's id. If the answers differ, the item also has the attribute `differs`, the source, and
is in the sparse index. A tally is spread over several items, each a plain sum, because many functions add to it at the
same time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.events import utc_text
from shared.tee import Answer, Tally

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

DIFFERENCES = "differences"
"""The index: partition key `differs`, sort key `pk`. Request ids begin with their time."""

KEPT = timedelta(days=30)
SHARDS = 8

TEXTS = ("source", "protocol", "call", "content_type")
NUMBERS = ("ours", "theirs", "milliseconds", "sent", "answered", "events", "rejected")
TIMES = ("received_at", "answered_at")


def item_of(answer: Answer) -> dict[str, Any]:
    fields = answer._asdict()
    item: dict[str, Any] = {
        "pk": {"S": answer.request},
        "expires_at": {"N": str(int((answer.answered_at + KEPT).timestamp()))},
        **{name: {"S": fields[name]} for name in TEXTS},
        **{name: {"N": str(fields[name])} for name in NUMBERS},
        **{name: {"S": utc_text(fields[name])} for name in TIMES},
    }
    return item | ({"differs": {"S": answer.source}} if answer.differs else {})


def answer_of(item: Mapping[str, Any]) -> Answer:
    fields: dict[str, Any] = {
        **{name: item[name]["S"] for name in TEXTS},
        **{name: int(item[name]["N"]) for name in NUMBERS},
        **{name: datetime.fromisoformat(item[name]["S"]) for name in TIMES},
    }
    return Answer(request=item["pk"]["S"], **fields)


def tally_key(source: str, day: date, shard: int) -> dict[str, AttributeValueTypeDef]:
    return {"pk": {"S": f"tally#{source}#{day.isoformat()}#{shard}"}}


def summed(source: str, items: Iterable[Mapping[str, Any]]) -> list[Tally]:
    """Add up the items of the source's days, into one tally per day, oldest first."""
    found: dict[date, Counter[str]] = {}
    for item in items:
        day = date.fromisoformat(item["pk"]["S"].split("#")[2])
        found.setdefault(day, Counter()).update(
            {name: int(value["N"]) for name, value in item.items() if "N" in value and name != "expires_at"}
        )
    return [Tally(source, day, found[day]) for day in sorted(found)]
