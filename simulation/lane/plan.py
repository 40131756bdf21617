"""What is going to happen, known before anything does: the history's lines, and the workspace in force at each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.workspace.model import Source, Workspace
from simulation.lane.lines import EARLIEST, Applied, BadLine, Feedback, Happening, Paused, Sent


class NotAWorkspace(Exception):
    """A folder cannot be applied. The text says why."""


@dataclass(frozen=True, slots=True)
class FromSource:
    """An event, and the source that sends it."""

    sent: Sent
    source: Source


@dataclass(frozen=True, slots=True)
class Changed:
    """This workspace is in force from here on."""

    at: datetime
    workspace: Workspace


Step = FromSource | Feedback | Changed


@dataclass(frozen=True, slots=True)
class Plan:
    """`left_out` is how many lines come in after `until`."""

    workspace: Workspace
    steps: tuple[Step, ...]
    until: datetime
    seed: int = 0
    left_out: int = 0


def planned(
    workspace: Workspace,
    happenings: Iterable[Happening],
    load: Callable[[str], Workspace],
    *,
    until: datetime | None = None,
    seed: int = 0,
) -> tuple[Plan, list[BadLine]]:
    """The plan, and the lines that name what is not there. `load` compiles a folder; it raises NotAWorkspace.

    A paused campaign stays paused when a workspace is applied. Without `until`, the last line is the end.
    """
    all_of_them = list(happenings)
    end = until or max((one.at for one in all_of_them), default=EARLIEST)
    kept = [one for one in all_of_them if one.at <= end]
    steps: list[Step] = []
    bad: list[BadLine] = []
    written, paused = workspace, set[str]()
    for one in kept:
        match one:
            case Sent():
                source = _source(written, one.source)
                if source is None:
                    bad.append(BadLine(one.number, "source", f"the workspace has no source {one.source}"))
                else:
                    steps.append(FromSource(one, source))
            case Feedback():
                steps.append(one)
            case Applied():
                try:
                    written = load(one.folder)
                except NotAWorkspace as error:
                    bad.append(BadLine(one.number, "apply", str(error)))
                else:
                    steps.append(Changed(one.at, _without(written, paused)))
            case Paused():
                if one.campaign not in written.campaign_by_id:
                    field = "resume" if one.is_over else "pause"
                    bad.append(BadLine(one.number, field, f"the workspace has no campaign {one.campaign}"))
                    continue
                paused = paused - {one.campaign} if one.is_over else paused | {one.campaign}
                steps.append(Changed(one.at, _without(written, paused)))
    return Plan(workspace, tuple(steps), end, seed, len(all_of_them) - len(kept)), bad


def _source(workspace: Workspace, named: str | None) -> Source | None:
    """The named one; without a name the first of the workspace's servers, else one that takes whatever comes, as a
    stack has before anything is applied."""
    if named is not None:
        return workspace.source_by_id.get(named)
    servers = (source for source in workspace.sources if source.trust == "server")
    return next(servers, Source(id="default", name="Default", trust="server", policy="lenient"))


def _without(workspace: Workspace, paused: set[str]) -> Workspace:
    campaigns = tuple(campaign for campaign in workspace.campaigns if campaign.id not in paused)
    return workspace.model_copy(update={"campaigns": campaigns})
