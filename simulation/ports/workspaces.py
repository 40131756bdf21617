"""Workspaces in memory, held to the adapter's contract by tests/unit/aws/test_workspaces.py."""

from __future__ import annotations

from datetime import datetime

from shared.failures import Unavailable, UnreadableWorkspace, VersionConflict
from shared.workspace import snapshot
from shared.workspace.collecting import CollectingSettings, CollectingWorkspace
from shared.workspace.model import Workspace


class FakeWorkspaces:
    """Set `failing` to make every call raise Unavailable; `looks` counts the calls of `latest_version`,
    `failed` those that did not succeed."""

    def __init__(self, *applied: Workspace) -> None:
        self.snapshots: dict[int, bytes] = {}
        self.applied_by: dict[int, tuple[datetime, str]] = {}
        self.failing = False
        self.looks = 0
        self.failed = 0
        for workspace in applied:
            self.snapshots[len(self.snapshots) + 1] = snapshot.encode(workspace)

    def latest_version(self) -> int:
        self._fail_on_command()
        self.looks += 1
        return max(self.snapshots, default=0)

    def load(self, version: int) -> Workspace:
        self._fail_on_command()
        if not version:
            return Workspace()
        if version not in self.snapshots:
            raise UnreadableWorkspace(f"there is no workspace version {version}")
        return snapshot.decode(self.snapshots[version], version)

    def apply(self, workspace: Workspace, *, after: int, at: datetime, by: str) -> Workspace:
        self._fail_on_command()
        if max(self.snapshots, default=0) != after:
            raise VersionConflict(f"workspace version {after + 1} was applied by somebody else")
        self.snapshots[after + 1] = snapshot.encode(workspace)
        self.applied_by[after + 1] = (at, by)
        return self.load(after + 1)

    def _fail_on_command(self) -> None:
        if self.failing:
            self.failed += 1
            raise Unavailable("told to fail")


class OnlyCollecting:
    """What a stage sees that reads only what `collect` needs, as `DynamoCollectingWorkspaces` does."""

    def __init__(self, workspaces: FakeWorkspaces) -> None:
        self._workspaces = workspaces

    def latest_version(self) -> int:
        return self._workspaces.latest_version()

    def load(self, version: int) -> CollectingWorkspace:
        """Without judging it again: tests have sources with limits that no author may set."""
        whole = self._workspaces.load(version)
        of_whole = {name: getattr(whole, name) for name in CollectingWorkspace.model_fields}
        settings = CollectingSettings(rejected_days=whole.settings.rejected_days)
        return CollectingWorkspace.model_construct(**{**of_whole, "settings": settings})
