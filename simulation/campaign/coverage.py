"""What a campaign has met: which calls a crash came before and after, and which kinds of faults together."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field

from simulation.campaign.faults import kinds


@dataclass(slots=True)
class Coverage:
    """`called` are the operations of each stage, `crashes` those that a crash struck, with its kind; `pairs` the kinds
    that struck in one run."""

    called: set[tuple[str, str]] = field(default_factory=set)
    crashes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, called: set[tuple[str, str]], struck: list[tuple[str, str, str]], others: set[str]) -> None:
        """`struck` are stage, operation and kind; `others` are kinds that struck elsewhere than at calls."""
        self.called |= called
        self.crashes.update(one for one in struck if one[2] in kinds.CRASHES)
        met = {kind for _, _, kind in struck} | others
        self.kinds.update(met)
        self.pairs.update(itertools.combinations(sorted(met), 2))

    @property
    def crash_points(self) -> tuple[int, int]:
        """Hit, and how many there are: before and after each operation that was called."""
        return len(self.crashes), len(self.called) * len(kinds.CRASHES)

    @property
    def never_crashed(self) -> list[str]:
        return sorted(
            f"{kind} {stage} {operation}"
            for stage, operation in self.called
            for kind in kinds.CRASHES
            if (stage, operation, kind) not in self.crashes
        )

    @property
    def possible_pairs(self) -> int:
        count = len({*kinds.KINDS, *self.kinds})
        return count * (count - 1) // 2
