"""`python -m benchmarks.conditions ROUNDS`: a version with 1,000 conditions, loaded so many times over.

Loading is what `process` does with a new version once its bytes are there: JSON, the workspace's shape, each condition
compiled. `make bench` counts the instructions; run alone, it prints the milliseconds of one.
"""

from __future__ import annotations

import random
import sys
import time
from typing import Any

from benchmarks import instructions
from benchmarks.shop import NAMES
from shared.workspace import snapshot
from shared.workspace.model import Campaign, Template, Workspace

CONDITIONS = 1_000
LEAVES: tuple[dict[str, Any], ...] = (
    {"property": "price", "at_least": 20, "less_than": 500},
    {"property": "category", "starts_with": "shoes/", "ignore_case": True},
    {"trait": "plan", "in": ["free", "silver", "gold"]},
    {"context": "device.type", "is_not": "ios"},
    {"consent": "push", "is": True},
    {"counter": "Add To Cart", "at_least": 3},
    {"last": "View Item", "within_days": 7},
    {"first": "Search", "before": "2026-11-21T18:10:00Z"},
    {"trait": "email", "like": "*@shop.example"},
    {"trait": "phone", "exists": False},
)


def measure() -> dict[str, float]:
    return {
        "process.conditions_1000.million_instructions": round(
            instructions.per_round("benchmarks.conditions", few=1, many=3) / 1e6
        ),
        "process.conditions_1000.milliseconds": round(min(_seconds() for _ in range(9)) * 1e3),
    }


def parts() -> snapshot.Parts:
    """Each condition has three leaves, one of them below `any` and one below `not`."""
    draw = random.Random(CONDITIONS)
    campaigns = []
    for number in range(CONDITIONS):
        first, second, third = draw.sample(LEAVES, 3)
        where = {"all": [first, {"any": [second, first]}, {"not": third}]}
        campaigns.append(
            Campaign(
                id=f"c{number}",
                name="C",
                event=NAMES[number % len(NAMES)],
                where=where,
                channel="push",
                template="t",
            )
        )
    template = Template(id="t", channel="push", parts={"title": "Hi", "text": "Hello"})
    return snapshot.encode_parts(Workspace(templates=(template,), campaigns=tuple(campaigns)))


def _seconds() -> float:
    stored = parts()
    began = time.process_time()
    snapshot.decode_parts(stored, 1)
    return time.process_time() - began


def main() -> None:
    stored = parts()
    for _ in range(1 + int(sys.argv[1])):
        snapshot.decode_parts(stored, 1)
    print(f"{_seconds() * 1e3:.0f} ms for {CONDITIONS:,} conditions")


if __name__ == "__main__":
    main()
