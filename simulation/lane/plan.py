"""What is going to happen, known before anything does: the history's lines, and the workspace in force at each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.own_events import OWN_EVENTS
from shared.text.spelling import closest
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
    """`left_out` is how many lines come in after `until`; `unheard` is feedback whose name neither Headrace nor the
    workspace then in force knows: nothing follows from it."""

    workspace: Workspace
    steps: tuple[Step, ...]
    until: datetime
    seed: int = 0
    left_out: int = 0
    unheard: tuple[Feedback, ...] = ()


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
    unheard: list[Feedback] = []
    written, paused = workspace, set[str]()
    for one in kept:
        match one:
            case Sent():
                source = _source(written, one.source)
                if source is None:
                    bad.append(
                        _no_such(one.number, "source", "source", str(one.source), written.source_by_id)
                    )
                else:
                    steps.append(FromSource(one, source))
            case Feedback():
                steps.append(one)
                if not _is_known(one.event["name"], written):
                    unheard.append(one)
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
                    bad.append(_no_such(one.number, field, "campaign", one.campaign, written.campaign_by_id))
                    continue
                paused = paused - {one.campaign} if one.is_over else paused | {one.campaign}
                steps.append(Changed(one.at, _without(written, paused)))
    return Plan(workspace, tuple(steps), end, seed, len(all_of_them) - len(kept), tuple(unheard)), bad


def _is_known(name: str, workspace: Workspace) -> bool:
    return (
        name in OWN_EVENTS
        or name in workspace.campaigns_by_event
        or any(definition.id == name for definition in workspace.events)
    )


def _no_such(number: int, field: str, kind: str, named: str, known: Iterable[str]) -> BadLine:
    """What is named is not in the workspace in force at this line; the nearest that is."""
    near = closest(named, known)
    said = f"; did you mean {near}?" if near else ""
    return BadLine(number, field, f"the workspace has no {kind} {named}{said}")


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
