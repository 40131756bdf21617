"""`make bench`: measure everything, print the table, keep the figures. Takes some minutes.

Exits with 1 when a figure is beyond what we promise.
"""

from __future__ import annotations

import sys

from rich.console import Console

from benchmarks import collect, figures, process
from benchmarks.formed import loads


def main() -> int:
    console = Console()
    with console.status("collect, for some minutes of it under valgrind"):
        measured = collect.measure()
    with console.status("process and archive"):
        measured |= process.measure()
    with console.status("batches as prod forms them"):
        measured |= loads.counts()
    figures.save(measured)
    console.print(figures.table(measured))
    return int(any(measured[name] > bound for name, bound in figures.AT_MOST.items()))


if __name__ == "__main__":
    sys.exit(main())
