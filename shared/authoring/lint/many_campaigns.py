"""Events for which more campaigns wait than one event may ask for messages: the last of them may be dropped."""

from __future__ import annotations

from collections.abc import Iterator

from shared.authoring.compiling import Compiled
from shared.authoring.findings import Finding
from shared.workspace.limits import MOST_MESSAGES


def check(compiled: Compiled) -> Iterator[Finding]:
    """One finding for each such event, at the first campaign that may be dropped."""
    for event, campaigns in compiled.workspace.campaigns_by_event.items():
        if len(campaigns) <= MOST_MESSAGES:
            continue
        first = campaigns[MOST_MESSAGES].id
        yield Finding(
            compiled.place("campaigns", first, "event"),
            "many-campaigns",
            "warning",
            f"{len(campaigns)} campaigns wait for `{event}`; one event asks for {MOST_MESSAGES} messages at most",
            f"Where more than {MOST_MESSAGES} of their conditions hold at once, the last ones are dropped, as from "
            f"`{first}` on. Merge some, or give them conditions that exclude each other.",
        )
