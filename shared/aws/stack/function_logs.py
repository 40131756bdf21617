"""The functions' logs in CloudWatch Logs, oldest lines first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

from botocore.exceptions import ClientError

from shared.aws.clients import client, unavailable_when_failing


@dataclass(frozen=True)
class LogLine:
    id: str
    function: str
    at: datetime
    text: str


class Unfinished(Exception):
    """There are more pages of log than `most_pages`."""


def lines(
    function: str,
    since: datetime,
    *,
    until: datetime | None = None,
    pattern: str | None = None,
    most_pages: int | None = None,
) -> Iterator[LogLine]:
    """Yield the lines of one function that arrived at `since` or later, and at `until` at most; none if it never ran.

    With a `pattern`, the service filters roughly, so the caller must check the lines again. Raises Unavailable, and
    Unfinished after `most_pages`.
    """
    group = f"/aws/lambda/{function}"
    asked: Any = {"logGroupName": group, "startTime": int(since.timestamp() * 1000)}
    if until is not None:
        asked["endTime"] = int(until.timestamp() * 1000)
    if pattern is not None:
        asked["filterPattern"] = pattern
    for page_number in count(1):
        with unavailable_when_failing():
            try:
                page = client("logs").filter_log_events(**asked)
            except ClientError as error:
                if error.response["Error"]["Code"] == "ResourceNotFoundException":
                    return
                raise
        for entry in page["events"]:
            at = datetime.fromtimestamp(entry["timestamp"] / 1000, UTC)
            text = entry["message"].rstrip("\n")
            # the emulator leaves the id out
            line_id = entry.get("eventId") or f"{entry['logStreamName']} {entry['timestamp']} {text}"
            yield LogLine(id=line_id, function=function, at=at, text=text)
        if "nextToken" not in page:
            return
        if page_number == most_pages:
            raise Unfinished(f"{function} wrote more than {most_pages} pages")
        asked["nextToken"] = page["nextToken"]
