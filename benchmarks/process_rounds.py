"""`python -m benchmarks.process_rounds WHAT FILE ROUNDS`: an invocation so many times over, for callgrind to count.

WHAT is `path`, the stage with its AWS clients and what answers them; `answers`, only the latter, to the same requests;
or `floor`, see `benchmarks.process_speed`. FILE has the load's `records` and the `tables` with the people known: to
fold their past here would take minutes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import orjson

from benchmarks.process import stage
from benchmarks.process_speed import at_floor


def main() -> None:
    what, prepared, rounds = sys.argv[1], orjson.loads(Path(sys.argv[2]).read_bytes()), int(sys.argv[3])
    with stage() as (aws, process):
        aws.put(prepared["tables"])
        with aws.undone(), aws.remembering() as asked:  # what only the first one does is in no round
            process.batch(list(prepared["records"]))
        for _ in range(rounds):
            if what == "floor":
                at_floor(prepared["records"])
                continue
            with aws.undone():
                if what == "path":
                    process.batch(list(prepared["records"]))
                else:
                    for request in asked:
                        aws.answer(request)


if __name__ == "__main__":
    main()
