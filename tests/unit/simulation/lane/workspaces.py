"""A small workspace for simulated histories, and lines of one."""

from __future__ import annotations

from typing import Any

import orjson

from shared.workspace.model import Campaign, EmailSettings, Settings, Source, Template, Workspace
from simulation.lane.lines import instant, read
from simulation.lane.plan import Plan, planned


def campaign(id_: str, event: str, channel: Any = "email", **fields: Any) -> Campaign:
    return Campaign(id=id_, name=id_, event=event, channel=channel, template=str(channel), **fields)


SOURCES = (
    Source(id="server", name="Server", trust="server", policy="lenient"),
    Source(id="web", name="Web", trust="browser", policy="lenient"),
)
TEMPLATES = (
    Template(id="email", channel="email", parts={"subject": "Hello", "text": "{{ traits.name }}"}),
    Template(id="push", channel="push", parts={"title": "Hello", "text": "You"}),
)
SETTINGS = Settings(email=EmailSettings(sender="shop@shop.example"))


def workspace(*campaigns: Campaign) -> Workspace:
    return Workspace(sources=SOURCES, campaigns=campaigns, templates=TEMPLATES, settings=SETTINGS)


def at(clock: str, day: int = 1) -> str:
    return f"2026-11-{day:02d}T{clock}Z"


def track(clock: str, event: str, user: str | None = "u1", **fields: Any) -> dict[str, Any]:
    named = {"userId": user} if user else {}
    return {"received_at": at(clock), "type": "track", "event": event, **named, **fields}


def identify(clock: str, user: str = "u1", **traits: Any) -> dict[str, Any]:
    return {"received_at": at(clock), "type": "identify", "userId": user, "traits": traits}


def ndjson(lines: list[dict[str, Any]]) -> bytes:
    return b"".join(orjson.dumps(line) + b"\n" for line in lines)


def plan_of(
    lines: list[dict[str, Any]], made: Workspace, until: str | None = None, **others: Workspace
) -> Plan:
    """`others` are what the lines apply, by what they call their folders."""
    happenings, unread = read(ndjson(lines))
    plan, unknown = planned(made, happenings, others.__getitem__, until=instant(until))
    assert not unread + unknown
    return plan
