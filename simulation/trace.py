"""What happened, line by line, with a hash that is the same where all lines are."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from simulation.aws.calls import Call

MOST_LINES = 5_000
LONGEST_SUBJECT = 200
"""Characters."""


class Trace:
    """`lines` are the latest, `<microseconds> <who> <what>`."""

    def __init__(self, microseconds: Callable[[], int]) -> None:
        self.lines: deque[str] = deque(maxlen=MOST_LINES)
        self.count = 0
        self._microseconds = microseconds
        self._hash = hashlib.blake2b(digest_size=16)

    @property
    def hash(self) -> str:
        """Of all lines until now."""
        return self._hash.hexdigest()

    def add(self, who: str, what: str) -> None:
        line = f"{self._microseconds()} {who} {what}"
        self.lines.append(line)
        self.count += 1
        self._hash.update(line.encode("utf-8", "backslashreplace"))
        self._hash.update(b"\n")


def subject(call: Call) -> str:
    """What a call is about: names of things and keys of items, in the order of the alphabet, for some are asked for in
    the order of a set."""
    asked = call.asked
    match call.service:
        case "dynamodb":
            found = _of_tables(asked)
        case "kinesis":
            found = ",".join(sorted(one["PartitionKey"] for one in asked.get("Records", ())))
        case "sqs":
            found = f"{asked.get('QueueUrl', '').rpartition('/')[2]} {len(asked.get('Entries', '1'))}"
        case "events":
            found = ",".join(sorted(one["DetailType"] for one in asked.get("Entries", ())))
        case "s3":
            found = f"{asked.get('Bucket', '')}/{asked.get('Key', '')}"
        case "firehose":
            found = f"{asked.get('DeliveryStreamName', '')} {len(asked.get('Records', ()))}"
        case _:
            found = ""
    return found[:LONGEST_SUBJECT]


def _of_tables(asked: Mapping[str, Any]) -> str:
    if "TransactItems" in asked:
        writes = [write for item in asked["TransactItems"] for write in item.values()]
        return ",".join(sorted(_of_tables(write) for write in writes))
    if "RequestItems" in asked:
        return ",".join(sorted(f"{table} {_keys(of)}" for table, of in asked["RequestItems"].items()))
    table, item = asked.get("TableName", ""), asked.get("Key") or asked.get("Item")
    if item is not None:
        return f"{table} {_key(item)}"
    values = asked.get("ExpressionAttributeValues", {})
    return f"{table} {','.join(sorted(_text(value) for value in values.values()))}"


def _keys(asked: Any) -> str:
    if isinstance(asked, dict):  # BatchGetItem
        return ",".join(sorted(_key(key) for key in asked["Keys"]))
    return ",".join(sorted(_key(write["PutRequest"]["Item"]) for write in asked if "PutRequest" in write))


def _key(item: Mapping[str, Any]) -> str:
    """Ours are called `pk` and `sk` in every table."""
    sort = item.get("sk")
    return _text(item["pk"]) if sort is None else f"{_text(item['pk'])} {_text(sort)}"


def _text(value: Mapping[str, Any]) -> str:
    return next((str(one) for kind, one in value.items() if kind in ("S", "N")), "")
