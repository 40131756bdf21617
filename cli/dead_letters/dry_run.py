"""What a retry would do: everything is looked at and judged, and nothing is written or deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from cli.dead_letters.choosing import Choice
from cli.dead_letters.looking import look
from cli.dead_letters.ways import NeverAgain, OfOthers, Way
from shared.aws.queues import given_up
from shared.aws.queues.dead_letter_queues import DeadLetter


@dataclass
class Judged:
    """`would_retry` by cause; `never` and `of_others` by reason."""

    name: str
    would_retry: Counter[str] = field(default_factory=Counter)
    never: Counter[str] = field(default_factory=Counter)
    of_others: Counter[str] = field(default_factory=Counter)


def judged(
    choice: Choice, way_of: Callable[[DeadLetter], Way] | None, advance: Callable[[int], object]
) -> Judged:
    """`way_of` is None for batches. Raises Unavailable."""
    said = Judged(choice.place.name)
    for found in look(choice.place):
        advance(1)
        if not choice.takes(found):
            continue
        try:
            if found.letter is None or way_of is None:
                given_up.read(choice.place.at, found.id)
            else:
                way_of(found.letter).judge(found.letter)
        except (NeverAgain, given_up.NoBatch) as error:
            said.never[str(error)] += 1
        except OfOthers as error:
            said.of_others[str(error)] += 1
        else:
            said.would_retry[found.cause.name] += 1
    return said
