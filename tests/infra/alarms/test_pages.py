"""Whoever gets an alarm finds in docs/operating/alarms.md what to do; their number and price stand on the pages."""

from __future__ import annotations

import re

from shared.messaging.channels import QUEUES
from tests.infra.alarms.alarms import names, watched_metrics
from tests.infra.calls import ROOT
from tests.infra.template import Template


def test_a_target_may_do_without_alarms_on_what_leaves_late(templates: dict[str, Template]) -> None:
    late = names(templates["prod"]) - names(templates["dev"])

    assert late == {
        "LakeLate", "LakeThrottled", "MessagesBehind", "RecordsMissing",
        *(f"Send{queue.capitalize()}RequestsWaiting" for queue in QUEUES),
    }  # fmt: skip
    assert names(templates["dev"]) < names(templates["prod"])


PAGE = ROOT / "docs" / "operating" / "alarms.md"
PARAGRAPH = re.compile(r"^\*\*`(\w+)`\*\* (.+)$", re.MULTILINE)


def test_each_alarm_has_a_paragraph_of_its_own_and_no_other_has_one(prod: Template) -> None:
    paragraphs = [name for name, _ in PARAGRAPH.findall(PAGE.read_text())]

    assert sorted(paragraphs) == sorted(names(prod))


COUNTED = re.compile(r"(\d+) alarms on (\d+) metrics")
PRICED = re.compile(
    r"^\| alarms, on (\d+) or (\d+) metrics at \$0\.10 \| \$([\d.]+) \| \$([\d.]+) \|$", re.MULTILINE
)


def test_there_is_one_number_of_alarms_everywhere(templates: dict[str, Template]) -> None:
    """In the README and on every page, of prod and of dev; and the price is that of their metrics."""
    counts = {
        stage: (str(len(names(templates[stage]))), str(watched_metrics(templates[stage])))
        for stage in ("dev", "prod")
    }
    pages = [
        *ROOT.glob("*.md"),
        *ROOT.glob("*.yaml"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "infra").rglob("*.py"),
    ]
    told = {
        path.name: COUNTED.findall(path.read_text())
        for path in pages
        if path.name not in ("CHANGELOG.md", "decisions.md")  # what was true then
    }

    assert told["alarms.md"] == [counts["prod"], counts["dev"]]
    assert all(said in counts.values() for every in told.values() for said in every)
    [priced] = PRICED.findall((ROOT / "docs" / "operating.md").read_text())
    assert priced == (
        counts["dev"][1],
        counts["prod"][1],
        *(f"{int(counts[stage][1]) / 10:.2f}" for stage in ("dev", "prod")),
    )
    late = int(counts["prod"][1]) - int(counts["dev"][1])
    assert f"{late} metrics, ${late / 10:.2f} a" in (ROOT / "infra" / "settings" / "model.py").read_text()
