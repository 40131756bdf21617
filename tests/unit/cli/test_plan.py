"""`headrace plan` lists what was accepted and is not in the tracking plan."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import sqlglot
from typer.testing import CliRunner, Result

from cli import source_keys
from cli.commands import plan
from cli.lake import undefined
from cli.lake.undefined import MOST_EVENTS, found
from cli.stacks import Stack
from shared.ports.queries import QueryResult
from shared.workspace.model import EventDefinition, PropertyDefinition, Source, Workspace
from tests.fakes.archived import NOON, archived
from tests.fakes.lake import FakeLake

TEXT = PropertyDefinition(type="string")
WORKSPACE = Workspace(
    version=3,
    sources=(
        Source(id="web", name="Web", trust="browser", policy="lenient"),
        Source(id="server", name="Server", trust="server", policy="strict"),
    ),
    events=(
        EventDefinition(id="Book Viewed", name="Book Viewed", properties={"book_id": TEXT, "it's": TEXT}),
        EventDefinition(id="It's Sold", name="Sold"),
        EventDefinition(id="page", name="Page", properties={"title": TEXT}),
    ),
)
DAY = date(2026, 11, 20)


@pytest.fixture
def lake() -> Iterator[FakeLake]:
    lake = FakeLake()
    yield lake
    lake.close()


def asked_of(lake: FakeLake) -> Callable[[str], QueryResult]:
    def ask(sql: str) -> QueryResult:
        sqlglot.parse_one(sql, dialect="athena")
        rows = lake.ask(sql)
        return QueryResult(tuple(rows[0]) if rows else (), [tuple(row.values()) for row in rows], 0)

    return ask


def came(lake: FakeLake, id_: str, name: str, *, days_ago: int = 0, **fields: Any) -> None:
    at = NOON - timedelta(days=days_ago)
    lake.add(
        archived(id_, name=name, **{"source": "web", "received_at": at, "occurred_at": at, **fields}),
        dt=str(at.date()),
    )


def told(lake: FakeLake, workspace: Workspace = WORKSPACE, since: date = DAY) -> list[tuple[Any, ...]]:
    return [
        (one.event, one.property, one.source, one.policy, one.events, one.meant)
        for one in found(workspace, since, asked_of(lake))
    ]


def test_a_misspelt_event_of_a_lenient_source_leaves_a_trace(lake: FakeLake) -> None:
    came(lake, "1", "Bok Viewed")
    came(lake, "2", "Bok Viewed", days_ago=1)
    came(lake, "3", "Book Viewed")

    assert told(lake) == [("Bok Viewed", None, "web", "lenient", 2, "Book Viewed")]


def test_a_misspelt_property_does_too(lake: FakeLake) -> None:
    came(lake, "1", "Book Viewed", properties={"bookId": "b1", "book_id": "b1", "it's": "x"})
    came(lake, "2", "page", type="page", properties={"titel": "Home"})

    assert told(lake) == [
        ("Book Viewed", "bookId", "web", "lenient", 1, "book_id"),
        ("page", "titel", "web", "lenient", 1, "title"),
    ]


def test_what_came_most_often_is_first_and_sources_are_apart(lake: FakeLake) -> None:
    for at in range(3):
        came(lake, f"s{at}", "Dance", source="server")
    came(lake, "w", "Dance")
    came(lake, "g", "Sing", source="gone")

    assert told(lake) == [
        ("Dance", None, "server", "strict", 3, None),
        ("Dance", None, "web", "lenient", 1, None),
        ("Sing", None, "gone", None, 1, None),
    ]


def test_pages_our_own_events_and_other_types_are_not_called_undefined(lake: FakeLake) -> None:
    came(lake, "1", "screen", type="screen", properties={"name": "Home"})
    came(lake, "2", "Session Started", type="system", source="headrace", properties={"session_id": "s"})
    came(lake, "3", "identify", type="identify")
    came(lake, "4", "It's Sold")

    assert told(lake) == []


@pytest.mark.parametrize(("since", "events"), [(DAY, 1), (DAY + timedelta(days=1), 0)])
def test_days_before_are_not_asked_for(lake: FakeLake, since: date, events: int) -> None:
    came(lake, "1", "Dance", days_ago=1)  # on the first day

    assert NOON.date() - timedelta(days=1) == DAY
    assert len(told(lake, since=since)) == events


def test_without_a_plan_every_event_is_undefined_and_no_property_is_asked_for(lake: FakeLake) -> None:
    came(lake, "1", "Dance", properties={"a": "b"})

    assert told(lake, Workspace()) == [("Dance", None, "web", None, 1, None)]


def test_so_many_events_are_listed(lake: FakeLake) -> None:
    for at in range(MOST_EVENTS + 1):
        came(lake, f"e{at}", f"Name {at}")

    assert len(told(lake)) == MOST_EVENTS


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, lake: FakeLake) -> Callable[..., Result]:
    asked: list[date] = []

    def remembered(workspace: Workspace, since: date, ask: Any) -> list[undefined.Undefined]:
        asked.append(since)
        return found(workspace, min(since, DAY), ask)

    monkeypatch.setattr(Stack, "load", lambda stage=None: Stack(stage or "local", "http://here", {}))
    monkeypatch.setattr(source_keys, "read", lambda _stack: (WORKSPACE, {}))
    monkeypatch.setattr(plan, "ask", lambda sql, _stack: asked_of(lake)(sql))
    monkeypatch.setattr(undefined, "found", remembered)
    return lambda *arguments: CliRunner().invoke(plan.app, list(arguments), catch_exceptions=False)


def test_it_is_shown_with_what_may_have_been_meant(run: Callable[..., Result], lake: FakeLake) -> None:
    came(lake, "1", "Bok Viewed")
    came(lake, "2", "Book Viewed", properties={"bookId": "b1"})

    shown = run().output

    assert "Bok Viewed" in shown
    assert "Book Viewed: bookId" in shown
    assert "lenient" in shown
    listed = json.loads(run("--json").output)
    assert [(one["event"], one["property"], one["meant"]) for one in listed] == [
        ("Bok Viewed", None, "Book Viewed"),
        ("Book Viewed", "bookId", "book_id"),
    ]
    assert listed[0]["latest"] == "2026-11-21T12:00:00.000Z"


def test_where_nothing_is_undefined_it_says_so(run: Callable[..., Result]) -> None:
    assert "is in the plan" in run().output
    assert json.loads(run("--json").output) == []


def test_a_name_cannot_move_the_cursor(run: Callable[..., Result], lake: FakeLake) -> None:
    came(lake, "1", "Bok\x1b[2J[red]Viewed")

    assert "\x1b" not in run().output
    assert "[red]" in run().output


def test_since_is_a_moment(run: Callable[..., Result]) -> None:
    assert "since 2026-11-01" in run("--since", "2026-11-01").output
