"""A fold whose rules are wrong."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

from shared.fold.parts import counters, duplicates, sessions, traits
from shared.fold.run import Run
from simulation.campaign.mutants.planting import Mutant, Replacement


def _timers_last() -> list[Replacement]:
    """Timers wait until the event that came after them is folded."""
    fold_timers, meet, outcome = Run.fold_timers, Run.meet, Run.outcome

    def later(_self: Any, _portion: float = inf) -> bool:
        return True

    def met(self: Any, index: Any, event: Any) -> bool:
        is_folded = meet(self, index, event)
        fold_timers(self)
        return bool(is_folded)

    def ended(self: Any, *args: Any, is_tick: bool, **more: Any) -> Any:
        if is_tick:
            fold_timers(self)
        return outcome(self, *args, is_tick=is_tick, **more)

    return [(Run, "fold_timers", later), (Run, "meet", met), (Run, "outcome", ended)]


def _forgets_duplicates() -> list[Replacement]:
    real = duplicates.apply

    def apply(state: Any, event: Any, facts: Any) -> Any:
        _, effects = real(duplicates.EMPTY, event, facts)
        return state, effects

    return [(duplicates, "apply", apply)]


def _loses_a_side() -> list[Replacement]:
    return [(counters, "merge", lambda one, _other: one)]


def _last_folded_wins() -> list[Replacement]:
    """Times of traits are not looked at: whatever is folded last counts."""
    real = traits.apply

    def apply(state: Any, event: Any, facts: Any) -> Any:
        return real(replace(state, times={}), event, facts)

    return [(traits, "apply", apply)]


def _session_of_one_event() -> list[Replacement]:
    real = sessions._with_one_more
    return [(sessions, "_with_one_more", lambda session, *args: real(session._replace(events=0), *args))]


MUTANTS = (
    Mutant("timer after event", "what was due before an event is folded after it", _timers_last),
    Mutant("ring of duplicates not kept", "what a client sends again counts again", _forgets_duplicates),
    Mutant("merge loses a side", "who joins leaves their counters behind", _loses_a_side),
    Mutant("session of one event", "a session forgets how many events it had", _session_of_one_event),
    Mutant(
        "the trait that is folded last wins", "late words on a trait replace newer ones", _last_folded_wins
    ),
)
