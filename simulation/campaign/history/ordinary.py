"""People whose ids are used as they are meant to be: what is true of them in the end can be said without a fold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from simulation.campaign.history.model import Person
from simulation.campaign.history.saying import LATEST, TOO_LATE, Clock, Notebook
from simulation.campaign.history.senders import CLIENTS
from simulation.campaign.history.senders.client import ToSay
from simulation.campaign.history.workspaces import BROWSER, NAMES, OTHER_SERVER, SERVER, STRICT

Kind = Callable[[Notebook, str], Person]

TRAITS = ("plan", "city", "score")

SERVERS = (SERVER, SERVER, OTHER_SERVER)


def known(book: Notebook, name: str) -> Person:
    """Has a user id from the first event on, and never another one."""
    _introduce(book, name)
    for at in book.moments(book.random.randint(2, 4)):
        _talk(book, name, at, user=name)
    return Person(name, "exact", (f"user:{name}",), "known by a user id")


def visitor(book: Notebook, name: str) -> Person:
    """Never says who they are."""
    for at in book.moments(book.random.randint(2, 4)):
        _talk(book, name, at, anonymous=f"v-{name}", source=book.random.choice((BROWSER, BROWSER, SERVER)))
    return Person(name, "exact", (f"anonymous:v-{name}",), "a visitor who stays unknown")


def joining(book: Notebook, name: str) -> Person:
    """Comes as a visitor on some devices and signs in on each, at different times."""
    devices = [f"v{number}-{name}" for number in range(book.random.randint(1, 3))]
    _introduce(book, name)
    for device in devices:
        moments = book.moments(book.random.randint(2, 3))
        signs_in = book.random.randrange(len(moments))
        for number, at in enumerate(moments):
            user = (
                None
                if number < signs_in
                else name
                if number == signs_in
                else book.random.choice((name, None))
            )
            _talk(book, name, at, user=user, anonymous=device, protocols=VISITORS, source=BROWSER)
    keys = (f"user:{name}", *(f"anonymous:{device}" for device in devices))
    return Person(name, "exact", keys, f"signs in on {len(devices)} devices")


def merged(book: Notebook, name: str) -> Person:
    """Two known people of whom the server says, in the middle of it all, that they are one."""
    before = f"{name}-old"
    _introduce(book, name)
    for at in book.moments(book.random.randint(2, 4)):
        _talk(book, name, at, user=book.random.choice((name, before)))
    alias = ToSay(book.marker(), "alias", "alias", user=name, previous=before)
    book.send(name, book.moment(), [alias], source=SERVER)
    return Person(name, "exact", (f"user:{name}", f"user:{before}"), "two user ids that an alias joins")


KINDS: tuple[Kind, ...] = (known, known, visitor, joining, joining, merged)

VISITORS = ("twilio_segment", "twilio_segment", "posthog", "snowplow")
"""Clients of pages."""


def _introduce(book: Notebook, name: str) -> None:
    """The address and consents of some, by their server and before anything else."""
    if book.random.random() < 0.3:
        return
    digits = 100 + len(book.requests) % 100
    traits: dict[str, Any] = {
        "email": f"{name}@shop.example",
        "phone": f"+14155550{digits}",
        "consents": {"sms": True, "email": True, "push": True},
    }
    said = ToSay(book.marker(), "identify", "identify", user=name, at=book.start, traits=traits)
    book.send(name, book.start + timedelta(milliseconds=len(book.requests)), [said], source=SERVER)


def _talk(
    book: Notebook,
    name: str,
    at: datetime,
    *,
    user: str | None = None,
    anonymous: str | None = None,
    protocols: Sequence[str] = tuple(CLIENTS),
    source: str | None = None,
) -> None:
    random = book.random
    protocol = random.choice(protocols)
    client = CLIENTS[protocol]
    source = source or random.choice(SERVERS)
    if protocol in ("clevertap", "mparticle") and source == BROWSER:
        protocol, client = "twilio_segment", CLIENTS["twilio_segment"]
    if protocol == "twilio_segment" and source == SERVER and random.random() < 0.3:
        source = STRICT
    events = []
    says_traits = "identify" in client.types and random.random() < 0.3
    clock = Clock() if says_traits or protocol == "clevertap" else book.clock()
    for _ in range(random.choice((1, 1, 2, 3, 5))):
        happened = _happened(book, at)
        if says_traits and random.random() < 0.6:
            events.append(
                _identify(book, happened, user, anonymous, log=client.says_log and user is not None)
            )
            continue
        marker = book.marker()
        events.append(
            ToSay(
                marker,
                "track",
                random.choice(NAMES),
                user=user,
                anonymous=anonymous,
                at=happened if client.resolution == 1000 or random.random() < 0.8 else None,
                properties={"n": marker, "amount": random.randint(1, 100)},
            )
        )
    book.send(name, at, events, source=source, protocol=protocol, clock=clock)


def _identify(
    book: Notebook, happened: datetime, user: str | None, anonymous: str | None, *, log: bool
) -> ToSay:
    random, marker = book.random, book.marker()
    return ToSay(
        marker,
        "identify",
        "identify",
        user=user,
        anonymous=anonymous,
        at=book.own_second(happened),
        traits={trait: f"{marker}-{trait}" for trait in random.sample(TRAITS, random.randint(1, 2))},
        logged=marker if log else None,
    )


def _happened(book: Notebook, sent: datetime) -> datetime:
    """Just now for most, hours ago for some; and long ago, when nobody is to hear of it any more."""
    how = book.random.random()
    if how < 0.8:
        return sent - timedelta(seconds=book.random.uniform(0.5, 20))
    if how < 0.95:
        return sent - book.random.random() * LATEST
    return sent - TOO_LATE
