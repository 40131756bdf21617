"""What the functions wrote to CloudWatch Logs, oldest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from botocore.exceptions import ClientError

from shared.aws.clients import client, unavailable_when_failing


@dataclass(frozen=True)
class LogLine:
    id: str
    function: str
    at: datetime
    text: str


def lines(function: str, since: datetime) -> Iterator[LogLine]:
    """Lines of one function that arrived at `since` or later; none when it never ran. Raises Unavailable."""
    group = f"/aws/lambda/{function}"
    token: dict[str, str] = {}
    while True:
        with unavailable_when_failing():
            try:
                page = client("logs").filter_log_events(
                    logGroupName=group,
                    startTime=int(since.timestamp() * 1000),
                    **token,  # type: ignore[arg-type]
                )
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
        token = {"nextToken": page["nextToken"]}
