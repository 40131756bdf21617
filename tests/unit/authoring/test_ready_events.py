"""The events that are there already are listed as the code has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from cli.commands.catalogue import app
from cli.problem import Problem
from shared.authoring.checks.ready_events import CATALOGUES, NAMES, OWN, events, page
from shared.own_events import OWN_EVENTS

DOCS = Path(__file__).resolve().parents[3] / "docs"


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_the_page_is_fresh() -> None:
    assert (DOCS / "events.md").read_text(encoding="utf-8") == page(), "write it again: make events"


def test_the_page_and_the_lists_have_every_event_and_property() -> None:
    for name in NAMES:
        of_page = page().partition(f"## {name if name != OWN else 'Headrace'}")[2]
        for event_id, event in events(name).items():
            assert f"### {event_id}\n" in of_page
            assert all(f"| `{one}` |" in of_page for one in event.properties)
            assert event_id in run()


def test_every_event_of_our_own_says_when_it_comes_and_what_it_carries() -> None:
    for event in OWN_EVENTS.values():
        assert event.description.split()[0] in ("At", "When"), event.id
        assert event.properties
        assert all(one.description for one in event.properties.values()), event.id


@pytest.mark.parametrize("name", NAMES)
def test_the_command_shows_a_list_with_its_properties(name: str) -> None:
    shown = run(name)
    told = orjson.loads(run(name, "--json"))

    assert [one["id"] for one in told] == list(events(name))
    for event_id, event in events(name).items():
        assert event_id in shown
        assert all(f"  {one}" in shown for one in event.properties)
    assert {one["id"]: set(one["properties"]) for one in told} == {
        event_id: set(event.properties) for event_id, event in events(name).items()
    }


def test_without_a_name_it_says_which_there_are() -> None:
    told: dict[str, Any] = orjson.loads(run("--json"))

    assert list(told) == [*CATALOGUES, OWN]
    assert "Session Concluded" in told[OWN]


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("econmerce", "Did you mean ecommerce?"),
        ("Banking", "Did you mean banking?"),
        ("x", f"There are: {', '.join(NAMES)}"),
    ],
)
def test_a_catalogue_that_is_not_there_is_told_which_may_have_been_meant(name: str, advice: str) -> None:
    with pytest.raises(Problem) as problem:
        run(name)
    assert problem.value.advice == advice
