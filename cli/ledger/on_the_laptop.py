"""What the laptop's functions witnessed, from the files that outlive the emulator.

What was said after the save that the emulator started from again is of a state that is gone. What `process` said is not
so any more; what was put on the stream is lost, unless it is named again: some of it came before the save after all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import orjson

from cli.laptop.laptop import Laptop
from shared.ledger.lines import Put, Witness, witnesses


def read(laptop: Laptop, since: datetime, until: datetime) -> list[Witness]:
    """Of lines from `since` to `until`; what a later kill voids of them is void. The day before is read too: a kill may
    void what an earlier day's save had not."""
    first = f"{since - timedelta(days=1):%Y-%m-%d}"
    files = sorted(file for file in laptop.ledger.glob("*.jsonl") if file.stem >= first)
    lines = (line for file in files for line in file.read_bytes().splitlines())
    return [one for one in of_lines(lines) if since <= one.at <= until]


def of_lines(lines: Iterable[bytes]) -> list[Witness]:
    found: list[Witness] = []
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
            found[kept:] = _void(found[kept:])
            saved = {at: place for at, place in saved.items() if place <= kept}
        else:
            found += _witnesses(entry)
    return found


def _void(gone: Iterable[Witness]) -> Iterator[Witness]:
    return (one._replace(is_void=True) for one in gone if isinstance(one, Put))


def _witnesses(entry: dict[str, object]) -> list[Witness]:
    try:
        at = datetime.fromisoformat(str(entry["at"]))
        return [*witnesses(entry["line"], at, str(entry["stage"]))]  # type: ignore[arg-type]
    except (KeyError, ValueError):  # of newer code: Unreadable is a ValueError
        return []
