"""A run of so many requests. The seed and a request's number make it the same on any machine."""

from __future__ import annotations

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
    mark = MARK.format(number)
    return sent.but(body=sent.body.replace(b"u1", mark.encode(), 1)) if rng.random() < 0.5 else sent


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
