"""What was accepted that the tracking plan does not define: asked of the lake, by the workspace as it is now.

Sources that are lenient, or only observe, let it through. A misspelt name is among it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from cli.lake.queries import literal
from shared.ports.queries import QueryResult
from shared.text.spelling import closest
from shared.workspace.model import Workspace

MOST_EVENTS = 200
"""Names and their sources, those that came most often."""

MOST_PROPERTIES = 20_000
"""Properties of an event and their sources, those that came most often, the defined ones among them."""

Ask = Callable[[str], QueryResult]


class Undefined(NamedTuple):
    """`property` is None where the event itself is not in the plan. `policy` is the source's as it is now, None where
    there is no such source any more; `meant` is the name in the plan that may have been meant."""

    event: str
    property: str | None
    source: str
    policy: str | None
    events: int
    latest: datetime | str | None
    meant: str | None


def found(workspace: Workspace, since: date, ask: Ask) -> list[Undefined]:
    """Of what arrived since that day (UTC): first the events that came most often, then the properties of others."""
    return [*_events(workspace, since, ask), *_properties(workspace, since, ask)]


def _events(workspace: Workspace, since: date, ask: Ask) -> list[Undefined]:
    known = workspace.definition_by_id
    rows = _rows(
        ask,
        "select name, source, count(*) as events, max(received_at) as latest\n"
        f"from events where dt >= {literal(since.isoformat())} and type = 'track'{_only('not in', known)}\n"
        f"group by name, source order by events desc, name, source limit {MOST_EVENTS}",
    )
    return [
        Undefined(name, None, source, _policy(workspace, source), int(events), latest, closest(name, known))
        for name, source, events, latest in rows
    ]


def _properties(workspace: Workspace, since: date, ask: Ask) -> list[Undefined]:
    known = workspace.definition_by_id
    if not known:
        return []
    rows = _rows(
        ask,
        "select name, property, source, count(*) as events, max(received_at) as latest\n"
        "from events cross join unnest(map_keys(properties)) as listed (property)\n"
        f"where dt >= {literal(since.isoformat())} and type in ('track', 'page', 'screen'){_only('in', known)}\n"
        f"group by name, property, source order by events desc, name, property, source limit {MOST_PROPERTIES}",
    )
    return [
        Undefined(
            name,
            one,
            source,
            _policy(workspace, source),
            int(events),
            latest,
            closest(one, known[name].properties),
        )
        for name, one, source, events, latest in rows
        if one not in known[name].properties
    ]


def _rows(ask: Ask, sql: str) -> list[tuple[Any, ...]]:
    return list(ask(sql).rows)


def _only(operator: str, names: Iterable[str]) -> str:
    return f" and name {operator} ({', '.join(map(literal, names))})" if names else ""


def _policy(workspace: Workspace, source: str) -> str | None:
    one = workspace.source_by_id.get(source)
    return one.policy if one is not None else None
