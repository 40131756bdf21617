"""`python -m benchmarks.formed`: count again what loads cost in batches as prod forms them, and what `headrace cost`
reckons with; keep both, and what the documents quote of them. It takes half a minute.
"""

from __future__ import annotations

from rich.console import Console

from benchmarks import figures
from benchmarks.formed import costs, loads, measured
from benchmarks.formed.simulated import simulation


def main() -> None:
    with simulation() as simulated:
        counted = loads.counts(simulated)
        measured.keep(measured.measure(simulated))
    figures.save(figures.load() | counted)
    costs.quote()
    Console().print(figures.table(counted))


if __name__ == "__main__":
    main()
