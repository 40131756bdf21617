"""A session, and a line of sessions one after another."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple


class Session(NamedTuple):
    """`came_at` is when its last event arrived, if that was more than `PROMPT` after it happened."""

    id: str
    started_at: datetime
    last_at: datetime
    events: int
    came_at: datetime | None = None

    def holds(self, at: datetime, idle: timedelta) -> bool:
        """Whether an event at that time is no further than the limit from those it has."""
        return self.started_at - idle < at < self.last_at + idle

    def due(self, idle: timedelta) -> datetime:
        """When it is concluded if nothing more comes."""
        last, came = self.last_at, self.came_at
        return (last if came is None or came < last else came) + idle


class Line(NamedTuple):
    """Sessions one after another: the one that runs, and the last event of the ones that are concluded."""

    current: Session | None = None
    over_at: datetime | None = None

    def is_over(self, at: datetime) -> bool:
        """Whether the time belongs to sessions that are concluded."""
        return self.over_at is not None and at <= self.over_at


class Sessions(NamedTuple):
    """`current` and `over_at` are the line of live sessions, as in a `Line`; `history` the other line; `ended` are
    sessions that a merge ended, between the merge and its being said (older versions said it with the next event or
    timer)."""

    current: Session | None = None
    ended: tuple[Session, ...] = ()
    over_at: datetime | None = None
    history: Line = Line()

    @property
    def live(self) -> Line:
        return Line(self.current, self.over_at)

    def with_live(self, line: Line) -> Sessions:
        return Sessions(line.current, self.ended, line.over_at, self.history)


EMPTY = Sessions()


def running(line: Line | Sessions, at: datetime, idle: timedelta) -> Session | None:
    """The session that an event at that time goes on with, in the line; in the live one, if it is given `Sessions`."""
    current = line.current
    if current is None or not current.holds(at, idle) or (line.over_at is not None and at <= line.over_at):
        return None
    return current
