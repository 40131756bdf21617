"""A run of so many requests. The seed and a request's number make it the same on any machine."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from tests.fuzz import corpus
from tests.fuzz.books import Books
from tests.fuzz.checks import MARK, examined, finding
from tests.fuzz.mutators import mutated, of_call
from tests.fuzz.sent import Sent
from tests.fuzz.shrinking import shrunk
from tests.fuzz.target import Target

OF_THE_DESCRIPTION = 0.15
"""Requests that begin with a call of the API's description, and not with a recorded one."""

TEXTS = re.compile(rb'": ?"(?=[\w $-])')
"""Where texts begin that are a value of JSON."""

LONGEST_MARKED = 50_000
"""Bytes of a body that are looked through for a place."""

DEEP_EVERY = 5
"""Of so many requests one is followed further: its records are folded and archived, its rejected events replayed."""


class Failure(NamedTuple):
    number: int
    what: str
    sent: Sent


@dataclass
class Ran:
    """`failures` has the first request of each kind of finding, shrunk; `found` counts all. `books` have the others."""

    requests: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    books: Books = field(default_factory=Books)


def request(seed: int, number: int) -> Sent:
    """Of its own, whatever came before: `number` alone makes it again."""
    rng = Random(f"{seed}:{number}")
    payloads = corpus.payloads()
    if rng.random() < OF_THE_DESCRIPTION:
        sent = of_call(rng.choice(corpus.calls()), rng)
    else:
        sent = payloads[number % len(payloads)]
    sent = mutated(sent, rng)
    return sent.but(body=marked(sent.body, MARK.format(number).encode(), rng))


def marked(body: bytes, mark: bytes, rng: Random) -> bytes:
    """With the mark in the place of a person's id, or within one text or name of it, of half of all requests."""
    if rng.random() < 0.5:
        return body
    if b"u1" in body and rng.random() < 0.5:
        return body.replace(b"u1", mark, 1)
    places = [found.end() for found in TEXTS.finditer(body[:LONGEST_MARKED])]
    if not places:
        return body
    at = rng.choice(places)
    return body[:at] + mark + body[at:]


def run(seed: int, count: int, first: int = 0) -> Iterator[Ran]:
    """Yields itself, after each request."""
    target = Target()
    ran = Ran()
    for number in range(first, first + count):
        sent = request(seed, number)
        label, what, reply, witnesses = examined(target, sent, deep=number % DEEP_EVERY == 0)
        ran.requests += 1
        ran.labels[label] += 1
        if reply is not None and what is None:
            ran.books.enter(reply, witnesses)
        if what is not None:
            ran.found[what] += 1
            if ran.found[what] == 1:
                ran.failures.append(Failure(number, what, small(sent, what)))
            target.renew()
        yield ran


def small(sent: Sent, what: str) -> Sent:
    """Each try on a stage of its own, for a request must fail by itself; as it is where it does not."""
    if finding(Target(), sent) != what:
        return sent
    return shrunk(sent, lambda one: finding(Target(), one) == what)
