"""Decisions as they fall while a record is folded, and how many bytes they take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.fold.effects import Ask, Derive
from shared.fold.outbox import INDEX, SESSION, Decisions, Derived, Refusal, Request, Woken, decision_size
from shared.fold.outcome import Cut, CutFor


class Deciding:
    """`arriving` is how many events the record has: those that are derived have the indexes behind them, and timers,
    which belong to no record, the negative ones.

    `cut` names what would have followed, and does not.
    """

    def __init__(self, arriving: int) -> None:
        self.arriving = arriving
        self.joined: list[str] = []
        self.duplicates: list[int] = []
        self.unfolded: list[int] = []
        self.refused: list[Refusal] = []
        self.sessions: list[tuple[int, str | None]] = []
        self.derived: list[Derived] = []
        self.requests: list[Request] = []
        self.forwarded: list[int] = []
        self.registered: list[str] = []
        self.timers: list[Woken] = []
        self.cut: list[Cut] = []
        self._sized = 0

    @property
    def size(self) -> int:
        """Bytes, as `shared.fold.outbox` counts them."""
        indexes = len(self.duplicates) + len(self.unfolded) + len(self.forwarded)
        return self._sized + INDEX * indexes + SESSION * len(self.sessions)

    def decisions(self) -> Decisions:
        return Decisions(
            duplicates=tuple(self.duplicates),
            unfolded=tuple(self.unfolded),
            refused=tuple(self.refused),
            sessions=tuple(self.sessions),
            derived=tuple(self.derived),
            requests=tuple(self.requests),
            forwarded=tuple(self.forwarded),
            timers=tuple(self.timers),
        )

    def refuse(self, refusal: Refusal) -> None:
        self.refused.append(refusal)
        self._sized += decision_size(refusal)

    def ask(self, request: Request) -> None:
        self.requests.append(request)
        self._sized += decision_size(request)

    def wake(self, person: str, part: str, at: datetime, depth: int) -> tuple[int, Woken]:
        """A timer that has consequences, and its index."""
        woken = Woken(person, part, at, depth)
        self.timers.append(woken)
        self._sized += decision_size(woken)
        return -len(self.timers), woken

    def derive(self, derived: Derived) -> int:
        """Its index."""
        self.derived.append(derived)
        self._sized += decision_size(derived)
        return self.arriving + len(self.derived) - 1

    def in_session(self, index: int, session: str | None) -> None:
        if session != (self.sessions[-1][1] if self.sessions else None):
            self.sessions.append((index, session))

    def cut_off(self, consequences: Sequence[Derive | Ask], why: CutFor) -> None:
        """They would have followed: note their names, which are the workspace's words."""
        self.cut += [
            Cut(f"event {one.name}" if isinstance(one, Derive) else f"campaign {one.campaign}", why)
            for one in consequences
        ]

    def mark(self) -> tuple[int, ...]:
        """Where the decisions stand: for `back_to`."""
        return (*map(len, self._taken_back()), self._sized)

    def back_to(self, mark: tuple[int, ...]) -> None:
        """Take back what followed from an event that is refused after all."""
        for decided, length in zip(self._taken_back(), mark[:-1], strict=True):
            del decided[length:]
        self._sized = mark[-1]

    def _taken_back(self) -> tuple[list[Any], ...]:
        return self.joined, self.derived, self.requests, self.forwarded, self.timers, self.cut
