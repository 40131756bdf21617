"""What the story shows, read from the stack by the same ways as the commands."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from cli.lake.asking import ask
from cli.messages.logged import logged
from cli.rejected import events
from cli.stacks import Stack
from cli.waiting import until
from shared.aws.tables.profiles import DynamoProfiles
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.fold.profile import Profile
from shared.ports.queries import QueryResult
from shared.rejected import RejectedEvent
from shared.stored import people
from shared.stored.current_workspace import CurrentWorkspace

LONG_AGO = timedelta(days=30)


class Readings:
    """Of one person on one stack. What is waited for is waited for `patience` seconds at most."""

    def __init__(self, stack: Stack, customer: str, patience: float) -> None:
        self._stack = stack
        self._customer = customer
        self._patience = patience

    def person(self) -> Profile | None:
        return people.find(DynamoProfiles(self._stack["ProfilesTable"]), self._customer)

    def messages(self) -> list[dict[str, Any]]:
        """Oldest first."""
        now = datetime.now(UTC)
        found = logged(self._stack, user=self._customer, limit=10, since=now - LONG_AGO, now=now)
        return found[::-1]

    def rejected(self) -> list[RejectedEvent]:
        """The person's, oldest first."""
        found = events.store(self._stack).latest(100, datetime.now(UTC) - LONG_AGO)
        return [event for event in found[::-1] if event.user_id == self._customer]

    def wait_for_person(self) -> None:
        until(self.person, lambda found: found is not None, self._patience)

    def wait_for_messages(self) -> None:
        """Until each campaign that watches what the person did has said what became of its message."""
        workspaces = DynamoWorkspaces(
            table=self._stack["WorkspaceTable"], bucket=self._stack["WorkspaceBucket"]
        )
        campaigns = CurrentWorkspace(workspaces, None, time.monotonic).get().campaigns

        def all_settled(found: list[dict[str, Any]]) -> bool:
            did = self._counted()
            expected = {campaign.id for campaign in campaigns if campaign.event in did}
            return expected <= {one["campaign"] for one in found if one["status"] != "requested"}

        until(self.messages, all_settled, self._patience)

    def sql(self) -> str:
        """Every event of the lake since the day the person came, by name."""
        person = self.person()
        day = person.created_at if person and person.created_at else datetime.now(UTC)
        return (
            "select name, count(*) as events from events "  # noqa: S608 - a date of ours
            f"where dt >= '{day:%Y-%m-%d}' group by name order by events desc, name"
        )

    def lake(self) -> QueryResult:
        """Waits until everything that the profile counts is in the lake."""
        sql = self.sql()
        return until(
            lambda: ask(sql, self._stack),
            lambda result: self._counted() <= {row[0] for row in result.rows},
            self._patience,
            pause=1.0,
        )

    def _counted(self) -> set[str]:
        person = self.person()
        return set(person.states.counters.events) if person else set()
