"""docs/doctor.md tells of every probe and every permission, and what the code asks of AWS is in its list."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli.doctor.examining import MOST_SECONDS_HERE
from cli.doctor.permissions import ACTIONS, FOR_ATHENA
from cli.doctor.registry import probes

PAGE = (Path(__file__).parents[3] / "docs" / "doctor.md").read_text()

NAMES = sorted(
    {re.sub(r"^body: .*", "body: application/json", probe.name) for probe in probes(with_message=True)}
)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_tells_of_each_probe(name: str) -> None:
    assert f"| `{name}`" in PAGE


def test_the_page_tells_of_no_probe_that_is_not_there() -> None:
    table = PAGE.partition("## The probes")[2].partition("## What it leaves")[0]
    assert sorted(re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)) == NAMES


def test_the_page_lists_the_permissions_as_the_code_does() -> None:
    table = PAGE.partition("## Permissions")[2]
    assert dict(re.findall(r"^\| `(\w+:\w+)` \| (.+) \|$", table, re.MULTILINE)) == ACTIONS
    assert all(f"`{action}`" in table for action in FOR_ATHENA)


def test_it_takes_no_longer_than_the_page_says() -> None:
    asked = probes(with_message=True)
    causes = max(probe.seconds for probe in asked if probe.finds_causes)
    others = max(probe.seconds for probe in asked if not probe.finds_causes)

    assert causes + others <= 18 * 60
    assert causes + MOST_SECONDS_HERE <= 150
    text = " ".join(PAGE.split())
    assert "never more than two and a half minutes" in text
    assert "never takes more than 18 minutes" in text


def test_probes_have_names_of_their_own() -> None:
    names = [probe.name for probe in probes(with_message=True)]
    assert len(names) == len(set(names))
