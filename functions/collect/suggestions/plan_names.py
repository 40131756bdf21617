"""What may have been meant by an event or a property that the plan does not have: "did you mean …?".

Only for what is refused, and bounded: so many different names of a request, each compared with so many of the plan's
(shared/text/spelling.py).
"""

from __future__ import annotations

from collections.abc import Iterable

from functions.collect.adapter.rejection import Rejection
from shared.plan.reasons import Code, Reason
from shared.text.spelling import closest
from shared.workspace.collecting import CollectingWorkspace

MOST_NAMES = 5
"""Different names of one request that something is looked up for."""

LONGEST = 60
"""Characters: longer names are shown cut, and compared at a cost that grows with their square."""

PROPERTIES = "properties."

ABOUT_NAMES = (Code.UNKNOWN_EVENT, Code.UNKNOWN_PROPERTY)


def added(rejected: list[Rejection], workspace: CollectingWorkspace) -> list[Rejection]:
    """The same, with what may have been meant behind the sentence of each unknown name."""
    if not any(reason.code in ABOUT_NAMES for one in rejected for reason in one.reasons):
        return rejected
    lookup = _Lookup(workspace)
    return [
        one._replace(reasons=[lookup.suggesting(reason, one) for reason in one.reasons]) for one in rejected
    ]


class _Lookup:
    """Of one request: each name is looked up once."""

    def __init__(self, workspace: CollectingWorkspace) -> None:
        self._definitions = workspace.definition_by_id
        self._found: dict[tuple[str | None, str], str | None] = {}

    def suggesting(self, reason: Reason, rejection: Rejection) -> Reason:
        event = rejection.fields.get("name")
        if reason.code is Code.UNKNOWN_EVENT and isinstance(event, str):
            meant = self._meant(None, event)
        elif reason.code is Code.UNKNOWN_PROPERTY and isinstance(event, str):
            meant = self._meant(event, reason.field.removeprefix(PROPERTIES))
        else:
            return reason
        return reason._replace(message=f"{reason.message}; did you mean {meant}?") if meant else reason

    def _meant(self, event: str | None, name: str) -> str | None:
        """Among the properties of the event; of None, among the events."""
        if len(name) > LONGEST:
            return None
        key = (event, name)
        if key not in self._found:
            if len(self._found) >= MOST_NAMES:
                return None
            definition = self._definitions.get(event) if event is not None else None
            known: Iterable[str] = (
                self._definitions if event is None else definition.properties if definition else ()
            )
            self._found[key] = closest(name, known)
        return self._found[key]
