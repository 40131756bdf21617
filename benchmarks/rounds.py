"""`python -m benchmarks.rounds WHAT SIZE ROUNDS`: one kind of work, so many times over, for callgrind to count.

WHAT is `path`, the whole collect path for a request of SIZE events, or `floor`, `orjson.loads` and `dumps` of the same
bytes.
"""

from __future__ import annotations

import sys

from benchmarks import collect


def main() -> None:
    what, size, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    path, floor = collect.works(size)
    work = {"path": path, "floor": floor}[what]
    work()  # what only the first one does is in no round
    for _ in range(rounds):
        work()


if __name__ == "__main__":
    main()
