"""People as nobody should be, and clients that send what they should not: shapes that once cost events, or held up
those of others.

Who is who among them depends on the order of their records, so that only this is asked: nothing is lost, nothing is
counted twice, nothing grows without bound, and nobody else has to wait.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta

from simulation.campaign.history.model import Person
from simulation.campaign.history.saying import Notebook
from simulation.campaign.history.senders.client import ToSay
from simulation.campaign.history.workspaces import BROWSER, NAMES, SERVER

Shape = Callable[[Notebook, str], Person]

SECOND = timedelta(seconds=1)


def evicted_identities(book: Notebook, name: str) -> Person:
    """More visitors than a person's ids are remembered, most of them at once; then the first of them come again, in the
    same request, by themselves, and with the user id."""
    at = book.moment()
    visitors = [f"v{number}-{name}-{'x' * 70}" for number in range(30)]
    for some in (visitors[:6], [*visitors[6:], *visitors[:3]]):
        book.send(
            name, at, [_did(book, name, user=name, anonymous=one) for one in some], source=SERVER, again=()
        )
        at += 30 * SECOND
    for late in (visitors[0], visitors[1]):
        book.send(name, at, [_did(book, name, anonymous=late)], source=SERVER)
        book.send(name, at + SECOND, [_did(book, name, user=name, anonymous=late)], source=SERVER)
        at += 30 * SECOND
    return _person(name, "has had more visitors' ids than are remembered")


def chain_of_pointers(book: Notebook, name: str) -> Person:
    """Each user id is said to be the next one's, and then the first is named."""
    users = [f"{name}-{number}" for number in range(14)]
    at = book.moment()
    for before, after in itertools.pairwise(users):
        at += SECOND
        book.send(name, at, [_did(book, name, user=before)], source=SERVER, again=())
        alias = ToSay(book.marker(), "alias", "alias", user=after, previous=before)
        book.send(name, at + SECOND / 2, [alias], source=SERVER)
    book.send(name, at + 20 * SECOND, [_did(book, name, user=users[0])], source=SERVER)
    return _person(name, "an alias of an alias of an alias")


def circle_of_aliases(book: Notebook, name: str) -> Person:
    """Each of three is said to be the next one, all at once, and each to be themselves."""
    users = [f"{name}-{number}" for number in range(3)]
    at = book.moment()
    for number, user in enumerate(users):
        book.send(name, at, [_did(book, name, user=user)], source=SERVER)
        for previous in (users[number - 1], user):
            alias = ToSay(book.marker(), "alias", "alias", user=user, previous=previous)
            book.send(name, at + SECOND, [alias], source=SERVER)
        book.send(name, at + 3 * SECOND, [_did(book, name, user=user)], source=SERVER)
    return _person(name, "three user ids that alias each other in a circle")


def many_joins(book: Notebook, name: str) -> Person:
    """One request with more identities that join than a transaction has room for; some have been here before."""
    at = book.moment()
    visitors = [f"v{number}-{name}" for number in range(50)]
    before = [_did(book, name, anonymous=one) for one in visitors[:20]]
    book.send(name, at, before, source=SERVER, again=())
    events = [_did(book, name, user=name, anonymous=one) for one in visitors]
    book.send(name, at + 10 * SECOND, events, source=SERVER)
    return _person(name, "50 identities join in one request")


def shared_device(book: Notebook, name: str) -> Person:
    """Three users and a visitor take turns on one device."""
    users = [f"{name}-{number}" for number in range(3)]
    for at in book.moments(10):
        user = book.random.choice((*users, None))
        book.send(name, at, [_did(book, name, user=user, anonymous=f"v-{name}")], source=BROWSER)
    return _person(name, "three users share a device")


def nobody(book: Notebook, name: str) -> Person:
    """Ids that name nobody, beside sound events of the same request."""
    for at in book.moments(4):
        bad = book.random.choice(
            ("null", "undefined", "00000000-0000-0000-0000-000000000000", "(guest)", " ")
        )
        events = [_did(book, name, user=name), _did(book, name, user=bad)]
        book.send(name, at, events, source=SERVER, is_sound=False)
    return _person(name, "placeholders in place of ids")


def long_ids(book: Notebook, name: str) -> Person:
    """Ids at the limit and beyond it, of one byte a character and of several."""
    for at, letter, length in zip(book.moments(6), "aüa漢ü漢", (200, 200, 201, 200, 256, 255), strict=True):
        user = (name + letter * length)[:length]
        book.send(name, at, [_did(book, name, user=user)], source=SERVER, is_sound=False)
        other = ToSay(book.marker(), "track", NAMES[0], user=name, other_ids={"crm": letter * length})
        book.send(name, at + SECOND, [other], source=SERVER, is_sound=False)
    return _person(name, "ids as long as they may be, and longer")


def many_names(book: Notebook, name: str) -> Person:
    """More names of events than are counted each by itself."""
    at = book.moment()
    for request in range(6):
        at += 20 * SECOND
        events = [_did(book, name, user=name, event=f"{name} did {request}-{number}") for number in range(40)]
        book.send(name, at, events, source=SERVER, again=())
    return _person(name, "240 names of events")


def many_messages(book: Notebook, name: str) -> Person:
    """So many events that ask for messages that their decisions do not fit one save."""
    at = book.moment()
    event = book.random.choice(NAMES)
    for request in range(2):
        events = [_did(book, name, user=name, event=event) for _ in range(150)]
        book.send(name, at + request * SECOND, events, source=SERVER, again=())
    return _person(name, "300 events that may ask for messages, at once")


def heavy_traits(book: Notebook, name: str) -> Person:
    """Traits that take more room than a person has."""
    for number, at in enumerate(book.moments(5)):
        marker = book.marker()
        said = ToSay(
            marker, "identify", "identify", user=name, at=at, traits={f"t{number}": f"{marker} " * 900}
        )
        book.send(name, at, [said], source=SERVER, is_sound=False)
    return _person(name, "traits beyond 8 KB")


def intruder(book: Notebook, name: str) -> Person:
    """A page, whose key is public, that changes a known person's address and joins two known people."""
    at = book.moment()
    first = ToSay(
        book.marker(), "identify", "identify", user=name, at=at, traits={"email": f"{name}@shop.example"}
    )
    book.send(name, at, [first, _did(book, name, user=f"{name}-2")], source=SERVER)
    for later in range(3):
        at += 60 * SECOND
        theft = ToSay(
            book.marker(),
            "identify",
            "identify",
            user=name,
            at=at,
            traits={"email": f"thief{later}@x.example"},
        )
        alias = ToSay(book.marker(), "alias", "alias", user=name, previous=f"{name}-2")
        book.send(name, at, [theft, alias], source=BROWSER, is_sound=False)
        book.send(name, at + SECOND, [_did(book, name, user=name)], source=BROWSER)
    return _person(name, "a page that takes others for itself")


def moving_token(book: Notebook, name: str) -> Person:
    """One push token that two users register in turn."""
    for number, at in enumerate(book.moments(6)):
        said = ToSay(
            book.marker(),
            "identify",
            "identify",
            user=f"{name}-{number % 2}",
            at=at,
            device_token=f"token-{name}",
        )
        book.send(name, at, [said, _did(book, name, user=f"{name}-{number % 2}")], source=SERVER)
    return _person(name, "a push token that changes hands")


SHAPES: tuple[Shape, ...] = (
    evicted_identities,
    chain_of_pointers,
    circle_of_aliases,
    shared_device,
    nobody,
    long_ids,
    heavy_traits,
    intruder,
    moving_token,
)

CROWDS: tuple[Shape, ...] = (many_joins, many_names, many_messages)
"""Of 70 events, 240 and 300, each as many as it takes to exceed a bound: so they are drawn more seldom."""


def _did(
    book: Notebook,
    name: str,
    *,
    user: str | None = None,
    anonymous: str | None = None,
    event: str | None = None,
) -> ToSay:
    """Its name is the person's own, so that it is counted among nobody else's."""
    marker = book.marker()
    return ToSay(
        marker, "track", event or f"{name} did", user=user, anonymous=anonymous, properties={"n": marker}
    )


def _person(name: str, about: str) -> Person:
    return Person(name, "bounds", (), about)
