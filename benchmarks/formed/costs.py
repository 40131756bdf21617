"""What docs/performance.md quotes of `headrace cost`: prod with its defaults, requests of one person and of anybody."""

from __future__ import annotations

from benchmarks import figures
from benchmarks.formed.loads import LOADS
from cli.cost import output
from cli.cost.advice import advice, warnings
from cli.cost.bill import TIMELINE_DAYS, bill
from cli.cost.measurements import Measured, read
from cli.cost.traffic import Load
from infra.settings.changed import as_written
from infra.settings.stages import TARGETS

BEGIN, END = "<!-- costs: written by make bench -->", "<!-- end of costs -->"
STAGE = "prod"


def quote() -> None:
    before, _, rest = figures.DOCUMENT.read_text().partition(BEGIN)
    figures.DOCUMENT.write_text(f"{before}{BEGIN}\n{markdown()}\n{END}{rest.partition(END)[2]}")


def quoted() -> str:
    """As the document has it."""
    return figures.DOCUMENT.read_text().partition(BEGIN)[2].partition(END)[0].strip()


def markdown() -> str:
    found = read()
    return "\n\n".join(_shown(load, found) for load in LOADS.values())


def _shown(load: Load, found: Measured) -> str:
    settings = {**as_written(TARGETS[STAGE]), "timeline_days": TIMELINE_DAYS}
    now = bill(load, settings, found)
    typed = f"$ headrace cost --people {load.people}"
    lines = output.as_lines(STAGE, now, advice(now, found), warnings(now, found), found)
    return "\n".join(["```", typed, *lines, "```"])
