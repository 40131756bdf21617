"""A simulated account whose clock stands until a test moves it."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.aws import clients
from simulation.aws.account import Account
from simulation.aws.behaviour import CALM, Behaviour
from simulation.aws.calls import Call, Failure, Untouched

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class StillClock:
    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at

    def pass_(self, **time: float) -> None:
        self.at += timedelta(**time)


class Meddling(Untouched):
    """An interceptor that does what a test sets."""

    def __init__(self) -> None:
        self.befores: list[Failure] = []
        self.afters: list[Failure] = []
        self.untaken: Collection[int] = ()
        self.calls: list[Call] = []

    def before(self, call: Call) -> Failure | None:
        self.calls.append(call)
        return self.befores.pop(0) if self.befores else None

    def after(self, call: Call, answer: Mapping[str, Any]) -> Failure | None:  # noqa: ARG002
        return self.afters.pop(0) if self.afters else None

    def take(self, call: Call, count: int) -> Collection[int]:  # noqa: ARG002
        return self.untaken


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def meddling() -> Meddling:
    return Meddling()


Making = Callable[[Behaviour], Account]


@pytest.fixture
def make(clock: StillClock, meddling: Meddling) -> Iterator[Making]:
    """An account that behaves so, and that the clients talk to."""
    entered = []

    def account(behaviour: Behaviour) -> Account:
        made = Account(clock, random.Random(1), [meddling], behaviour=behaviour)
        context = made.connected()
        context.__enter__()
        entered.append(context)
        return made

    yield account
    for context in reversed(entered):
        context.__exit__(None, None, None)
    clients.forget()


@pytest.fixture
def account(make: Making) -> Account:
    return make(CALM)
