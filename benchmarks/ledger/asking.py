"""`headrace ledger --json` about the load, as whoever types it runs it, on a simulated account."""

from __future__ import annotations

import io
import time
from contextlib import redirect_stdout
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import orjson

from benchmarks.answered_aws import AnsweredAws
from benchmarks.ledger.logs import LogsInFiles
from cli.main import typed
from cli.stacks import Stack

STACK = Stack(
    "prod",
    "",
    {
        "CollectFunction": "collect",
        "ProcessFunction": "process",
        "GivenUpBucket": "ProcessGivenUp",
        "MessagesTable": "TablesMessages",
    },
)


class Answered(NamedTuple):
    """`pages` of log were read, of a megabyte each. `seconds` are those of a core, so that a machine with other work
    says nearly the same."""

    said: dict[str, Any]
    exit_code: int
    seconds: float
    pages: int

    @property
    def missing(self) -> set[int]:
        return {int(one["sequence_number"]) for one in self.said["missing"]}


def ask(folder: Path, begin: datetime) -> Answered:
    """Of the two hours from `begin` on, whose lines are in the folder. Without the lake."""
    aws = AnsweredAws(begin)
    logs = LogsInFiles(folder)
    aws.account._services["logs"] = logs
    since, until = (at.isoformat() for at in (begin, begin + timedelta(hours=2)))
    printed = io.StringIO()
    code = 0
    with (
        aws.account.connected(),
        patch.object(Stack, "load", lambda _stage=None: STACK),
        redirect_stdout(printed),
    ):
        began = time.process_time()
        try:
            typed(["ledger", "--stage", "prod", "--json", "--no-lake", "--since", since, "--until", until])
        except SystemExit as ended:
            code = int(ended.code or 0)
        seconds = time.process_time() - began
    return Answered(orjson.loads(printed.getvalue()), code, seconds, logs.pages)
