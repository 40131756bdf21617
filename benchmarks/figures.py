"""The figures of a run: kept in results.json, shown as a table, quoted in docs/performance.md."""

from __future__ import annotations

from pathlib import Path

import orjson
from rich.table import Table

RESULTS = Path(__file__).with_name("results.json")
DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- figures: written by make bench -->", "<!-- end of figures -->"

COUNTED = (
    "aws_calls_per_1000", "write_units_per_1000", "read_units_per_1000", "bus_entries_per_1000",
    "kinesis_units_per_1000", "invocations_per_1000",
)  # fmt: skip
"""Figures of what AWS bills: the same at every run, and a test counts them again."""

AT_MOST = {
    "collect.1kb_x1.instructions_over_floor": 8,
    "collect.1kb_x20.instructions_over_floor": 3.2,
    "collect.cold_start.million_instructions": 1_410,
    "process.one_person.aws_calls_per_1000": 60,
    "process.one_person.write_units_per_1000": 500,
    "process.mixed_300.aws_calls_per_1000": 400,
    "process.mixed_300.write_units_per_1000": 1_700,
    "process.prod_one_person.write_units_per_1000": 255,
    "process.prod_anybody.write_units_per_1000": 2_450,
}

Figures = dict[str, float]


def load() -> Figures:
    figures: Figures = orjson.loads(RESULTS.read_bytes())
    return figures


def save(figures: Figures) -> None:
    """Keep them, and quote them in the document."""
    RESULTS.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n{markdown(figures)}\n{END}{after}")


def quoted() -> str:
    """The table as the document has it."""
    return DOCUMENT.read_text().partition(BEGIN)[2].partition(END)[0].strip()


def markdown(figures: Figures) -> str:
    lines = [f"| `{name}` | {shown(value)} | {_bound(name)} |" for name, value in figures.items()]
    return "\n".join(["| figure | measured | at most |", "|---|---:|---:|", *lines])


def table(figures: Figures) -> Table:
    made = Table("figure", title="Headrace benchmarks")
    made.add_column("measured", justify="right")
    made.add_column("at most", justify="right")
    for name, value in figures.items():
        missed = value > AT_MOST.get(name, value)
        made.add_row(name, shown(value), _bound(name), style="bold red" if missed else None)
    return made


def shown(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _bound(name: str) -> str:
    return shown(AT_MOST[name]) if name in AT_MOST else ""
