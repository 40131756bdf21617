"""A history: the steps of one run as plain values, so that a run can be repeated with fewer of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from shared.workspace.model import Workspace

Certainty = Literal["exact", "bounds"]
"""Of a person: whether the rules of identity are so simple here that everything about them can be said beforehand, or
only that nothing of theirs is lost or counted twice."""


@dataclass(frozen=True, slots=True)
class Said:
    """One event as its client means it.

    `marker` names it in this history: it is the property `n`, and the message id where the client gives ids, `has_id`.
    `key` is the identity that it names most strongly. `at` is when it truly happened, or None where the arrival counts:
    the client does not say when, or its clock is ahead. `is_corrected` is whether the client says when it sends, so
    that its time moves by what it waits before it is sent again. `traits` are set as of `at`; `logged` is put into the
    trait `log`, a list in the order of folding. `is_sound` is whether it must be accepted, and folded. `ahead` is how
    far the time that it says is ahead of its sending, where nothing corrects that. `earlier` is by how much its time is
    moved back if it comes late: a clock more than a day ahead is not corrected by that, and by waiting becomes one less
    than a day ahead.
    """

    marker: str
    person: str
    key: str
    type: str
    name: str
    at: datetime | None = None
    is_corrected: bool = False
    traits: Mapping[str, Any] = field(default_factory=dict)
    logged: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    is_sound: bool = True
    has_id: bool = True
    ahead: timedelta = timedelta(days=-1)
    earlier: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sends at `at`, and again each of `again` later though it was answered. What fails it sends again
    by itself, until it is answered."""

    number: int
    at: datetime
    source: str
    protocol: str
    path: str
    body: bytes
    said: tuple[Said, ...]
    headers: tuple[tuple[str, str], ...] = ()
    again: tuple[timedelta, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """A new version of the workspace."""

    at: datetime
    workspace: Workspace


@dataclass(frozen=True, slots=True)
class Person:
    """`keys` are identities that lead to them in the end, `about` what is particular about them."""

    name: str
    certainty: Certainty
    keys: tuple[str, ...]
    about: str


@dataclass(frozen=True, slots=True)
class History:
    """`workspace` is what is applied before anything is sent."""

    seed: int
    start: datetime
    workspace: Workspace
    people: tuple[Person, ...]
    requests: tuple[Request, ...]
    applied: tuple[Applied, ...] = ()

    @property
    def end(self) -> datetime:
        times = [self.start, *(one.at for one in self.applied)]
        times += [request.at + sum(request.again, timedelta()) for request in self.requests]
        return max(times)

    @property
    def events(self) -> int:
        return sum(len(request.said) for request in self.requests)
