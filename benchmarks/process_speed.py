"""What an invocation of `process` takes on one core, over its floor: base64 and `orjson.loads` of the same records.

The stage and its AWS clients are measured, without sockets and TLS, and without what answers them here. Instructions
are those of `benchmarks.process_rounds`.
"""

from __future__ import annotations

import base64
import gc
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import orjson

from benchmarks import instructions, stream
from benchmarks.answered_aws import AnsweredAws
from benchmarks.stream import LambdaRecord
from functions.process.batch import Process

ROUNDS = 25
FEW, MANY = 1, 3
"""Rounds under callgrind, which takes fifty times as long."""


def measure(aws: AnsweredAws, process: Process, loads: Mapping[str, list[LambdaRecord]]) -> dict[str, float]:
    """Of each load the ratios to the floor and the events a second. Of time, the median of pairs, in turns."""
    figures: dict[str, float] = {}
    for name, records in loads.items():
        seconds = pairs(aws, process, records)
        count = sum(len(orjson.loads(stream.data(record))["events"]) for record in records)
        figures |= {
            f"process.{name}.instructions_over_floor": round(_instructions_over_floor(aws, records), 1),
            f"process.{name}.over_floor": round(median(path / floor for path, floor in seconds), 1),
            f"process.{name}.events_per_second": round(count / min(path for path, _ in seconds)),
        }
    return figures


def _instructions_over_floor(aws: AnsweredAws, records: Sequence[LambdaRecord]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "prepared.json"
        tables = {name: aws.account.dynamodb.items(name) for name in aws.account.dynamodb}
        file.write_bytes(orjson.dumps({"tables": tables, "records": records}))
        path, answers, floor = (
            instructions.per_round("benchmarks.process_rounds", what, str(file), few=FEW, many=MANY)
            for what in ("path", "answers", "floor")
        )
    return (path - answers) / floor


def pairs(aws: AnsweredAws, process: Process, records: Sequence[LambdaRecord]) -> list[tuple[float, float]]:
    """CPU seconds of the stage and of its floor, in turns."""
    measured = []
    for _ in range(ROUNDS):
        gc.collect()
        floor = _seconds_of_floor(records)
        with aws.undone():
            measured.append((_seconds(aws, process, records), floor))
    return measured


def _seconds(aws: AnsweredAws, process: Process, records: Sequence[LambdaRecord]) -> float:
    answering = aws.seconds
    began = time.process_time()
    process.batch(list(records))
    return time.process_time() - began - (aws.seconds - answering)


def _seconds_of_floor(records: Sequence[LambdaRecord]) -> float:
    began = time.process_time()
    at_floor(records)
    return time.process_time() - began


def at_floor(records: Sequence[LambdaRecord]) -> None:
    for record in records:
        orjson.loads(base64.b64decode(record["kinesis"]["data"]))
