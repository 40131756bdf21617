"""`headrace tail`: the stream, live: every event as it arrives."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.text import Text

from cli.console import SafeConsole
from cli.json_output import print_json_line
from cli.options import AsJson, OnStage
from cli.output import reader_is_gone
from cli.rejected.events import store
from cli.rejected.refused_arrivals import RefusedArrivals
from cli.stacks import Stack
from shared.aws.streams.stream_reader import ArrivedRecord, KinesisReader
from shared.records import decode
from shared.text.counting import number_of

app = typer.Typer()

PAUSE = {"local": 0.2}
ON_AWS = 1.0
"""Seconds between two polls: a shard on AWS answers five calls a second, shared with `process`."""

REFUSED_LOOKS = {"local": 1.0}
REFUSED_LOOKS_ON_AWS = 5.0
"""Seconds between two looks for what was refused."""

REJECTED = "rejected"
TYPES = {"track": "cyan", "identify": "green", "alias": "green", "system": "dim", REJECTED: "red"}


@app.command()
def tail(
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many events.")] = None,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Show events as they arrive, one per line, until Ctrl-C; those that are refused a moment later, with the reason.

    A request that is refused whole, as with a wrong key, has no events: headrace logs collect.
    """
    stack = Stack.load(stage)
    reader = KinesisReader(stack["StreamName"])
    reader.open()
    refused = RefusedArrivals(store(stack), seconds=REFUSED_LOOKS.get(stack.stage, REFUSED_LOOKS_ON_AWS))
    notices = Console(stderr=True)
    notices.print("Waiting for events; Ctrl-C ends it.", style="dim")
    pause = PAUSE.get(stack.stage, ON_AWS)
    shown = 0
    try:
        for event in _follow(reader, refused, pause, notices):
            _show(event, as_json=as_json)
            shown += 1
            if shown == limit or reader_is_gone():
                return
    except KeyboardInterrupt:
        notices.print(number_of(shown, "event"), style="dim")


def _follow(
    reader: KinesisReader, refused: RefusedArrivals, pause: float, notices: Console
) -> Iterator[dict[str, Any]]:
    while True:
        for record in reader.poll():
            try:
                yield from presented(record)
            except ValueError:
                notices.print(f"A record that is not ours: {record.shard} {record.sequence}", style="yellow")
        for event in refused.poll():
            yield {**event.model_dump(mode="json", exclude_defaults=True), "type": REJECTED}
        time.sleep(pause)


def presented(record: ArrivedRecord) -> list[dict[str, Any]]:
    """The record's events as JSON values, each with its partition key. Raises ValueError when it is none of ours."""
    decoded = decode(record.data)
    return [
        {**event.model_dump(mode="json", exclude_defaults=True), "key": decoded.key}
        for event in decoded.events
    ]


def _show(event: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json_line(event)
        return
    if event["type"] == REJECTED:
        _show_refused(event)
        return
    said = {**event.get("properties", {}), **({"traits": event["traits"]} if event.get("traits") else {})}
    line = Text.assemble(
        (event["received_at"][11:23].rstrip("Z").ljust(12), "dim"),
        " ",
        (event["type"].ljust(8), TYPES.get(event["type"], "")),
        " ",
        (event["name"], "bold"),
        "  ",
        event["key"],
        "  ",
        (orjson.dumps(said).decode() if said else "", "dim"),
    )
    _print(line)


def _show_refused(event: dict[str, Any]) -> None:
    others = (f"{kind}:{value}" for kind, value in event.get("other_ids", {}).items())
    whose = event.get("user_id") or event.get("anonymous_id") or next(others, "")
    why = "; ".join(f"{reason['code']}: {reason['message']}" for reason in event["reasons"])
    _print(
        Text.assemble(
            (event["received_at"][11:23].rstrip("Z").ljust(12), "dim"),
            " ",
            (REJECTED, TYPES[REJECTED]),
            " ",
            (event.get("name") or "-", "bold"),
            f"  {whose}  ",
            (why, "red"),
        )
    )


def _print(line: Text) -> None:
    SafeConsole(highlight=False).print(line, soft_wrap=True)
    sys.stdout.flush()
