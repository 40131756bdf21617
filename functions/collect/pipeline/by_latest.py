"""Before an event is rejected for what the workspace says: once more, by the latest one."""

from __future__ import annotations

from functions.collect.pipeline.authorize import authorize
from functions.collect.pipeline.parse import parse, require_known_people
from functions.collect.pipeline.validate import validate
from functions.collect.work import Work
from shared.failures import Unavailable


def validate_by_latest(work: Work) -> None:
    """A definition of a moment ago must cost no event. What the workspace at hand rejects is rejected where there is no
    other, or none can be read: it stays replayable. Raises as the steps that it repeats."""
    if not work.verdicts.rejected or work.is_latest or not work.verdicts.may_change:
        return
    try:
        latest = work.resources.workspace.refreshed()
    except Unavailable:
        return
    if latest is work.workspace:
        return
    work.workspace, work.is_latest = latest, True
    for step in (authorize, parse, require_known_people, validate):
        step(work)
