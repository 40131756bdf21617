"""`make bench`: measure everything, print the table, keep the figures. Takes some minutes.

Exits with 1 when a figure is beyond what we promise.
"""

from __future__ import annotations

import sys

from rich.console import Console

from benchmarks import collect, conditions, figures, process
from benchmarks.formed import costs, loads, measured
from benchmarks.formed.simulated import simulation


def main() -> int:
    console = Console()
    with console.status("collect, for some minutes of it under valgrind"):
        found = collect.measure()
    with console.status("process and archive"):
        found |= process.measure() | conditions.measure()
    with console.status("batches as prod forms them"), simulation() as simulated:
        found |= loads.counts(simulated)
        measured.keep(measured.measure(simulated))
    figures.save(found)
    costs.quote()
    console.print(figures.table(found))
    return int(any(found[name] > bound for name, bound in figures.AT_MOST.items()))


if __name__ == "__main__":
    sys.exit(main())
