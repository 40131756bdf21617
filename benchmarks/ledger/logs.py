"""CloudWatch's logs out of files, so that what is measured of a reader's memory is the reader's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulation.aws.calls import Answer, Call, unknown_operation
from simulation.aws.logs import PAGE_BYTES, PAGE_EVENTS, Logs

GROUP = "/aws/lambda/"


class LogsInFiles(Logs):
    """A file for each function, its lines in the order of their time. `pages` counts those that were asked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self.pages = 0

    def answer(self, call: Call) -> Answer:
        if call.operation != "FilterLogEvents":
            raise unknown_operation(call)
        asked = call.asked
        self.pages += 1
        begin, end = asked.get("startTime", 0), asked.get("endTime")
        found: list[dict[str, Any]] = []
        size = 0
        with (self._folder / asked["logGroupName"].removeprefix(GROUP)).open("rb") as file:
            file.seek(int(asked.get("nextToken", 0)))
            place = file.tell()
            for line in file:
                milliseconds, _, text = line.decode().rstrip("\n").partition("\t")
                at = int(milliseconds)
                if end is not None and at > end:
                    break
                size += len(text)
                if found and (len(found) == PAGE_EVENTS or size > PAGE_BYTES):
                    return {"events": found, "nextToken": str(place)}
                if at >= begin:
                    found.append({"eventId": str(place), "timestamp": at, "message": text})
                place += len(line)
        return {"events": found}
