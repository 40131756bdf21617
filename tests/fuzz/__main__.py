"""`make fuzz N=1000000 SEED=1`, and `make fuzz REPLAY=file`."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from tests.fuzz import growing
from tests.fuzz.campaign import Failure, Ran, run
from tests.fuzz.checks import finding
from tests.fuzz.sent import read
from tests.fuzz.target import Target

SAID_EVERY = 10_000
FOLDER = Path(".headrace/fuzz")
"""Where a failing request is written."""


def main() -> int:
    asked = _arguments()
    if asked.replay:
        try:
            sent = read(asked.replay.read_text())
        except (OSError, ValueError) as error:
            print(f"make fuzz: {asked.replay} cannot be replayed: {error}", file=sys.stderr)
            return 2
        what = finding(Target(), sent)
        print(what or "everything holds")
        return int(what is not None)
    if asked.growing:
        return _growing()
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a shell ignores it for what runs in the background
    began, said = time.monotonic(), 0
    ran = Ran()
    try:
        for ran in run(asked.seed, asked.n, asked.first):
            for failure in ran.failures[said:]:
                _print(failure, asked.seed)
            said = len(ran.failures)
            if ran.requests % SAID_EVERY == 0:
                print(
                    f"{ran.requests} requests, {len(ran.found)} findings, {time.monotonic() - began:.0f} s",
                    flush=True,
                )
    except KeyboardInterrupt:
        print("stopped")
    return _said(ran, asked.seed)


def _growing() -> int:
    """Every text of every recorded request, with every filling."""
    count = failed = 0
    for name, shape in (*growing.NAMED.items(), *growing.texts()):
        count += 1
        if (found := growing.grown(shape)).is_too_much:
            failed += 1
            times = f"{found.time:.0f} times the processor time, {found.memory:.0f} times the memory"
            print(f"{name}: {growing.TIMES} times as much takes {times}", flush=True)
        if count % 1_000 == 0:
            print(f"{count} shapes, {failed} grow too fast", flush=True)
    print(f"{count} shapes, {failed} grow too fast")
    return int(failed > 0)


def _said(ran: Ran, seed: int) -> int:
    print(f"{ran.requests} requests with seed {seed}: {ran.found.total()} failed, in {len(ran.found)} ways")
    taken = Counter(label.rpartition(" ")[2] for label in ran.labels.elements())
    print("answered", ", ".join(f"{status}: {count}" for status, count in sorted(taken.items())))
    for what, count in ran.found.most_common():
        print(f"    {count} {what}")
    unbalanced = ran.books.unbalanced()
    sums = ran.books.totals()
    print(
        f"the ledger: {sums['received']} events received = {sums['accepted']} accepted + {sums['rejected']} rejected,"
        f" {sums['requests_refused']} requests refused; of the accepted {sums['folded']} folded,"
        f" {sums['duplicates']} duplicates, {sums['refused']} not trusted, {sums['waiting']} not followed"
    )
    for what in unbalanced:
        print(f"    {what}")
    return int(bool(ran.failures or unbalanced))


def _print(failure: Failure, seed: int) -> None:
    """At once: a run may take an hour."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{seed}-{failure.number}.json"
    file.write_text(failure.sent.written())
    print(f"\n{failure.what}  ({seed}:{failure.number}, from {failure.sent.name})")
    print(failure.sent.written() if len(failure.sent.body) < 2000 else f"{len(failure.sent.body)} bytes")
    print(f"again: make fuzz REPLAY={file}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--n", type=int, default=20_000, help="requests")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the number of the first request")
    parser.add_argument("--growing", action="store_true", help="measure how requests grow, instead")
    parser.add_argument("--replay", type=Path, help="a file of a request that failed")
    asked = parser.parse_args()
    if asked.n < 1:
        parser.error(f"--n {asked.n} would send nothing")
    return asked


if __name__ == "__main__":
    sys.exit(main())
