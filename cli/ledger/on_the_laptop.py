"""What the laptop's functions witnessed, from the files that outlive the emulator.

What was said after the save that the emulator started from again is of a state that is gone. What `process` said is not
so any more; what was put on the stream is lost, unless it is named again: some of it came before the save after all.

Timers and `Notification Sent` are no loss of their own. Whoever put them took them from a table or a queue, which went
back as well, and puts them again; or they followed from events that are lost, and those are named.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import orjson

from cli.laptop.laptop import Laptop
from shared.ledger.lines import Put, Witness, witnesses

SWEEP, SENDING = "sweep", "send-"
"""Stages whose work comes again; the second is how the channels' begin."""


def read(laptop: Laptop, since: datetime, until: datetime) -> list[Witness]:
    """Of lines from `since` to `until`; what a later kill voids of them is void. The day before is read too: a kill may
    void what an earlier day's save had not."""
    first = f"{since - timedelta(days=1):%Y-%m-%d}"
    files = sorted(file for file in laptop.ledger.glob("*.jsonl") if file.stem >= first)
    lines = (line for file in files for line in file.read_bytes().splitlines())
    return [one for one in of_lines(lines) if since <= one.at <= until]


def of_lines(lines: Iterable[bytes]) -> list[Witness]:
    found: list[tuple[str, Witness]] = []
    saved: dict[str, int] = {}
    for line in lines:
        try:
            entry = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue  # the last one that a killed emulator wrote
        if "saved" in entry:
            saved[entry["saved"]] = len(found)
        elif "restored" in entry:
            kept = saved.get(entry["restored"], 0)
            found[kept:] = [
                (stage, _voided(stage, one)) for stage, one in found[kept:] if isinstance(one, Put)
            ]
            saved = {at: place for at, place in saved.items() if place <= kept}
        else:
            found += _witnesses(entry)
    return [one for _, one in found]


def _voided(stage: str, put: Put) -> Put:
    return put._replace(is_void=True, follows_again=stage == SWEEP or stage.startswith(SENDING))


def _witnesses(entry: dict[str, object]) -> list[tuple[str, Witness]]:
    """With the stage that said it."""
    try:
        at, stage = datetime.fromisoformat(str(entry["at"])), str(entry["stage"])
        return [(stage, one) for one in witnesses(entry["line"], at, stage)]  # type: ignore[arg-type]
    except (KeyError, ValueError):  # of newer code: Unreadable is a ValueError
        return []
