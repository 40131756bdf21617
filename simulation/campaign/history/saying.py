"""How a request comes about: events of one or more people, a client to write them, its clock, and whether it sends
twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from shared import identity
from simulation.campaign.history.model import Request, Said
from simulation.campaign.history.senders import CLIENTS
from simulation.campaign.history.senders.client import Client, ToSay
from simulation.campaign.history.workspaces import write_key

LATEST = timedelta(hours=20)
"""How late an event may be so that its messages still go out; the limit is a day."""

TOO_LATE = timedelta(hours=30)

A_DAY = timedelta(days=1)

LONGEST_AGAIN = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Clock:
    """How far a client's clock is ahead, and whether it says when it sends."""

    ahead: timedelta = timedelta()
    says_sent_at: bool = False


class Notebook:
    """Collects requests. Trait times are whole seconds that nobody has used before, so that each has one order."""

    def __init__(self, random: Random, start: datetime, span: timedelta, *, is_patient: bool = False) -> None:
        self.is_patient = is_patient
        self.random = random
        self.start = start
        self.span = span
        self.requests: list[Request] = []
        self._events = 0
        self._seconds: set[int] = set()

    def marker(self) -> str:
        self._events += 1
        return f"m{self._events}"  # no hexadecimal digit: nothing else looks like it

    def moment(self) -> datetime:
        return self.start + self.random.random() * self.span

    def moments(self, count: int) -> list[datetime]:
        return sorted(self.moment() for _ in range(count))

    def own_second(self, near: datetime) -> datetime:
        second = int(near.timestamp())
        while second in self._seconds:
            second -= 1
        self._seconds.add(second)
        return datetime.fromtimestamp(second, near.tzinfo)

    def clock(self) -> Clock:
        if self.random.random() < 0.75:
            return Clock()
        ahead = timedelta(hours=self.random.uniform(-30, 30))
        return Clock(ahead, says_sent_at=self.random.random() < 0.7)

    def send(
        self,
        person: str,
        at: datetime,
        events: Sequence[ToSay],
        *,
        source: str,
        protocol: str = "twilio_segment",
        clock: Clock | None = None,
        is_sound: bool = True,
        again: tuple[timedelta, ...] | None = None,
        people: Mapping[str, str] | None = None,
    ) -> None:
        """Send the events at a time. Their own times are true ones: the client's clock is applied here. `people` are
        whose events those are that are not `person`'s, by marker."""
        client = CLIENTS[protocol]
        clock = clock or Clock()
        says_sent_at = clock.says_sent_at and client.says_sent_at
        written = client.write(
            write_key(source),
            [_by_clock(one, clock, client) for one in events],
            at + clock.ahead if says_sent_at else None,
        )
        self.requests.append(
            Request(
                number=-1,
                at=at,
                source=source,
                protocol=protocol,
                path=written.path,
                body=written.body,
                headers=written.headers,
                said=tuple(
                    _said((people or {}).get(one.marker, person), one, at, clock, client, is_sound=is_sound)
                    for one in events
                ),
                again=self._again() if again is None else again,
            )
        )

    def _again(self) -> tuple[timedelta, ...]:
        """A client that did not see its answer: at once, minutes or hours later."""
        if self.random.random() < 0.85:
            return ()
        waits = [timedelta(seconds=1), timedelta(minutes=3)]
        if self.is_patient:
            waits.append(LONGEST_AGAIN)
        return tuple(self.random.choice(waits) for _ in range(self.random.randint(1, 2)))


def _by_clock(one: ToSay, clock: Clock, client: Client) -> ToSay:
    if one.at is None:
        return one
    at = one.at + clock.ahead
    if client.resolution == 1000:
        at = at.replace(microsecond=0)
    return replace(one, at=at)


def _said(person: str, one: ToSay, sent: datetime, clock: Clock, client: Client, *, is_sound: bool) -> Said:
    is_corrected = clock.says_sent_at and client.says_sent_at
    at, ahead, earlier = one.at, timedelta(days=-1), timedelta()
    if is_corrected and at is not None and clock.ahead > A_DAY and at + clock.ahead <= sent:
        is_corrected = False  # more than a day of it, and no time of the future: not the same clock
        earlier = clock.ahead
    if at is not None and not is_corrected:
        at += clock.ahead
        ahead = at - sent
        if at >= sent:
            at = None  # ahead of its arrival, which counts instead
    if at is not None and client.resolution == 1000:
        at = at.replace(microsecond=0)
    properties: dict[str, Any] = dict(one.properties)
    if client.protocol == "snowplow":
        properties = {}
    return Said(
        marker=one.marker,
        person=person,
        key=_key(one),
        type=one.type,
        name=one.name,
        at=at,
        is_corrected=is_corrected,
        traits=one.traits,
        logged=one.logged if client.says_log else None,
        properties=properties,
        is_sound=is_sound,
        has_id=client.gives_ids,
        ahead=ahead,
        earlier=earlier,
    )


def _key(one: ToSay) -> str:
    return identity.strongest(one.user, one.anonymous, one.other_ids)
