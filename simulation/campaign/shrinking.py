"""Make a failing run small: fewer faults, fewer people, fewer requests, as long as the same promise stays broken.

What is left is tried without a half, a quarter, … and at last without each single step, until nothing more can go or
the tries are used up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from simulation.campaign.faults.plan import Moment, Place, Plan
from simulation.campaign.history.model import Applied, History, Request

MOST_TRIES = 250

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Steps:
    """All that a run consists of."""

    history: History
    plan: Plan

    @property
    def count(self) -> int:
        strikes = self.plan.strikes or {}
        return len(self.history.requests) + len(self.history.applied) + len(strikes) + len(self.plan.moments)


Breaks = Callable[[Steps], bool]
"""Whether the run of these steps breaks the promise."""


class Shrinking:
    def __init__(self, breaks: Breaks, tries: int = MOST_TRIES) -> None:
        self._breaks = breaks
        self.tries = tries

    def smallest(self, steps: Steps) -> Steps:
        """`steps` break the promise, and so does what is returned."""
        before = steps.count + 1
        while steps.count < before and self.tries > 0:
            before = steps.count
            steps = self._fewer(steps, _strikes, _with_strikes)
            steps = self._fewer(steps, lambda one: one.plan.moments, _with_moments)
            steps = self._fewer(steps, _people, _with_people)
            steps = self._fewer(steps, lambda one: one.history.requests, _with_requests)
            steps = self._fewer(steps, lambda one: one.history.applied, _with_applied)
            steps = self._fewer(steps, lambda one: tuple(sorted(one.plan.throughout)), _with_throughout)
            steps = self._once(steps)
        return steps

    def _fewer(
        self,
        steps: Steps,
        parts: Callable[[Steps], Sequence[Part]],
        with_parts: Callable[[Steps, Sequence[Part]], Steps],
    ) -> Steps:
        size = len(parts(steps))
        while size > 0 and self.tries > 0:
            at = 0
            while at < len(parts(steps)) and self.tries > 0:
                kept = [*parts(steps)[:at], *parts(steps)[at + size :]]
                tried = with_parts(steps, kept)
                if self._tried(tried):
                    steps = tried
                else:
                    at += size
            size //= 2
        return steps

    def _once(self, steps: Steps) -> Steps:
        """Without what clients send again."""
        requests = tuple(replace(request, again=()) for request in steps.history.requests)
        tried = replace(steps, history=replace(steps.history, requests=requests))
        return tried if tried != steps and self.tries > 0 and self._tried(tried) else steps

    def _tried(self, steps: Steps) -> bool:
        self.tries -= 1
        return self._breaks(steps)


def begun(history: History, plan: Plan, strikes: dict[Place, str]) -> Steps:
    """The run as it was, with the faults that struck in place of what they were drawn from. It ends no later."""
    return Steps(history, replace(plan.only(strikes), until=plan.until + timedelta()))


def _strikes(steps: Steps) -> Sequence[tuple[Place, str]]:
    return tuple((steps.plan.strikes or {}).items())


def _with_strikes(steps: Steps, strikes: Sequence[tuple[Place, str]]) -> Steps:
    return replace(steps, plan=steps.plan.only(dict(strikes)))


def _with_moments(steps: Steps, moments: Sequence[Moment]) -> Steps:
    return replace(steps, plan=replace(steps.plan, moments=tuple(moments)))


def _with_throughout(steps: Steps, kinds: Sequence[str]) -> Steps:
    return replace(steps, plan=replace(steps.plan, throughout=frozenset(kinds)))


def _people(steps: Steps) -> Sequence[str]:
    return tuple(dict.fromkeys(said.person for one in steps.history.requests for said in one.said))


def _with_people(steps: Steps, people: Sequence[str]) -> Steps:
    kept = [one for one in steps.history.requests if any(said.person in people for said in one.said)]
    return _with_requests(steps, kept)


def _with_requests(steps: Steps, requests: Sequence[Request]) -> Steps:
    """Numbers stay, so that a request is known by its number in the whole history too."""
    return replace(steps, history=replace(steps.history, requests=tuple(requests)))


def _with_applied(steps: Steps, applied: Sequence[Applied]) -> Steps:
    return replace(steps, history=replace(steps.history, applied=tuple(applied)))
