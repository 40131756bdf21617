"""Bugs that the code once had, planted again: an audit by hand found them, or this campaign."""

from __future__ import annotations

from typing import Any

from functions.process.people import named
from functions.process.people.changes import People
from functions.process.people.retention import Retention
from functions.process.people.stored import Stored
from functions.sweep.shard import ShardRound
from shared.aws.providers import errors
from shared.fold import budgets
from shared.messaging.providers import ProviderUnavailable
from simulation.campaign.mutants.planting import Mutant, Replacement


def _wedge() -> list[Replacement]:
    """An id that its person has forgotten is taken for one that nobody ever had: its pointer is written as a new item,
    which the table refuses, again and again."""
    return [(named, "_known_keys", lambda _person: ())]


def _chains() -> list[Replacement]:
    """Pointers are never shortened, and few are followed."""
    from functions.process.people import stored

    return [(Stored, "detours", lambda _self: []), (stored, "MOST_HOPS", 8)]


def _no_progress() -> list[Replacement]:
    """How far a round has come is forgotten at its end: a round that cannot send all begins anew."""

    def reached(self: Any, *, worth_keeping: bool = False, **places: str) -> None:
        self.progress = self.progress._replace(**places)
        self.keep(self.shard, self.progress._replace(sent=self.progress.looked_again), worth_keeping)

    return [(ShardRound, "_reached", reached)]


def _endless_outbox() -> list[Replacement]:
    """Decisions stay until the stream has forgotten their records, and a save takes as many as there are."""
    return [
        (Retention, "_may_be_asked_for", lambda _self, entry, forgotten: entry.at >= forgotten),
        (People, "_shorten", lambda _self, _person, _arrival: None),
        (budgets, "room_in_save", lambda _profile, _events, _added: 1 << 30),
    ]


def _unknown_is_not_sent() -> list[Replacement]:
    """A provider that failed in the midst of a call, or did not answer, is taken not to have sent."""
    return [(errors, "OutcomeUnknown", ProviderUnavailable)]


MUTANTS = (
    Mutant("wedge of an evicted identity", "a forgotten id conflicts for ever", _wedge),
    Mutant("chain of pointers", "pointers are followed one after the other, and never shortened", _chains),
    Mutant("sweep without progress", "a round forgets whom it has sent timers", _no_progress),
    Mutant(
        "unknown outcome taken for not sent",
        "a message at which the provider failed is sent again (found by seeds 117, 216 and 222)",
        _unknown_is_not_sent,
    ),
    Mutant("unbounded outbox", "what was decided is never let go of", _endless_outbox),
)
