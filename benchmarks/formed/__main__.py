"""`python -m benchmarks.formed`: count again what loads cost in batches as prod forms them, and keep the figures."""

from __future__ import annotations

from rich.console import Console

from benchmarks import figures
from benchmarks.formed import loads


def main() -> None:
    counted = loads.counts()
    figures.save(figures.load() | counted)
    Console().print(figures.table(counted))


if __name__ == "__main__":
    main()
