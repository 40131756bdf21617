"""What became of the dead letters of one place that were retried, or discarded."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

MOST_IDS = 20
"""Ids that are kept of those that can never be brought back, so that somebody can look at them."""


@dataclass
class Redriven:
    """What became of those that were there at the start. `came_since` are others: they wait for the next time.

    `never` counts reasons of those that can never be brought back; as many as `saved` are in a file now, and nowhere
    else. `not_written` were not taken by AWS; `not_deleted` were, and are still here as well: again does no harm.
    `of_others` counts reasons of those that are not known to be this place's: they stay, and are nobody's failure here.
    `not_received`, about, were somebody else's to look at: SQS gives them again in five minutes. `cut_short`: so much
    came meanwhile that some of them may not have been reached. `passed_over` are others than those that were chosen.
    `failed_again` counts causes of those brought back that are dead letters once more. `ids` are of those that can
    never be brought back, the first of them.
    """

    name: str
    waited: int
    brought_back: int = 0
    not_written: int = 0
    not_deleted: int = 0
    came_since: int = 0
    saved: int = 0
    never: Counter[str] = field(default_factory=Counter)
    of_others: Counter[str] = field(default_factory=Counter)
    not_received: int = 0
    cut_short: bool = False
    passed_over: int = 0
    failed_again: Counter[str] = field(default_factory=Counter)
    ids: list[str] = field(default_factory=list)

    @property
    def is_all(self) -> bool:
        """Nothing of what was there at the start is there still, but for what is of others."""
        left = self.not_written or self.not_deleted or self.not_received or self.cut_short
        return not (left or self.failed_again or self.never.total() > self.saved)

    def note_never(self, id_: str, reason: str) -> None:
        self.never[reason] += 1
        if len(self.ids) < MOST_IDS:
            self.ids.append(id_)

    @property
    def unseen(self) -> int:
        seen = self.brought_back + self.not_written + self.never.total() + self.of_others.total()
        seen += self.passed_over
        return max(0, self.waited - seen)
