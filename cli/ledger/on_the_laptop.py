"""What the laptop's functions witnessed, from the files that outlive the emulator.

What was said after the save that the emulator started from again is of a state that is gone. What `process` said is not
so any more; what was put on the stream is lost, unless it is named again: some of it came before the save after all.

Timers and `Notification Sent` are no loss of their own. Whoever put them took them from a table or a queue, which went
back as well, and puts them again; or they followed from events that are lost, and those are named.

The files are read twice: first for the marks, which say what later kills void, then for the lines.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import orjson

from cli.laptop.laptop import Laptop
from shared.ledger.lines import Put, Witness, witnesses

Advance = Callable[[int, int], None]

SWEEP, SENDING = "sweep", "send-"
"""Stages whose work comes again; the second is how the channels' begin."""

MARKS = (b'{"saved":', b'{"restored":')
"""How those begin, as `cli.emulator.ledger` writes them."""


def read(
    laptop: Laptop, since: datetime, until: datetime, advance: Advance = lambda _done, _all: None
) -> Iterator[Witness]:
    """Of lines from `since` to `until`; what a later kill voids of them is void. The day before is read too: a kill may
    void what an earlier day's save had not. `advance` is told bytes."""
    first = f"{since - timedelta(days=1):%Y-%m-%d}"
    files = sorted(file for file in laptop.ledger.glob("*.jsonl") if file.stem >= first)
    gone = voided(_lines(files, lambda _done, _all: None))
    for one in of_lines(_lines(files, advance), gone):
        if since <= one.at <= until:
            yield one


def voided(lines: Iterable[bytes]) -> list[range]:
    """Which lines kills undid, counted without marks; in order, none of them twice."""
    gone: list[range] = []
    saved: dict[str, int] = {}
    place = 0
    for line in lines:
        if not line.startswith(MARKS):
            place += 1
            continue
        try:
            mark = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue  # the last one that a killed emulator wrote
        if "saved" in mark:
            saved[mark["saved"]] = place
            continue
        kept = saved.get(mark["restored"], 0)
        while gone and gone[-1].start >= kept:
            gone.pop()
        gone.append(range(max(kept, gone[-1].stop) if gone else kept, place))
        saved = {at: before for at, before in saved.items() if before <= kept}
    return gone


def of_lines(lines: Iterable[bytes], gone: list[range]) -> Iterator[Witness]:
    starts = [one.start for one in gone]
    place = 0
    for line in lines:
        if line.startswith(MARKS):
            continue
        before = bisect_right(starts, place)
        is_void = before > 0 and place in gone[before - 1]
        place += 1
        stage, found = _witnesses(line)
        for one in found:
            if not is_void:
                yield one
            elif isinstance(one, Put):
                yield _voided(stage, one)


def _lines(files: Iterable[Path], advance: Advance) -> Iterator[bytes]:
    files = [*files]
    total = sum(file.stat().st_size for file in files)
    done = 0
    for path in files:
        with path.open("rb") as file:
            for line in file:
                done += len(line)
                advance(done, total)
                yield line


def _voided(stage: str, put: Put) -> Put:
    return put._replace(is_void=True, follows_again=stage == SWEEP or stage.startswith(SENDING))


def _witnesses(line: bytes) -> tuple[str, list[Witness]]:
    """With the stage that said it."""
    try:
        entry = orjson.loads(line)
        at, stage = datetime.fromisoformat(str(entry["at"])), str(entry["stage"])
        return stage, [*witnesses(entry["line"], at, stage)]
    except (KeyError, TypeError, ValueError):  # cut by a kill, or of newer code: Unreadable is a ValueError
        return "", []
