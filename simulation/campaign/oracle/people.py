"""Nothing is counted twice, and people are what their true history makes of them."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Generator, Iterator, Sequence

from simulation.campaign.history.model import Person
from simulation.campaign.oracle.observed import StoredPerson
from simulation.campaign.oracle.truth import Fate, Finding, Truth, is_before

TRAITS = ("plan", "city", "score", "email", "phone")
"""Those that are compared."""


def check(truth: Truth) -> Iterator[Finding]:
    for person in truth.history.people:
        if person.certainty == "exact":
            yield from _exactly(truth, person)
    yield from _altogether(truth)


def _exactly(truth: Truth, person: Person) -> Iterator[Finding]:
    fates = truth.by_person[person.name]
    if not any(fate.is_certain for fate in fates):
        return
    stored = yield from _one_person(truth, person, fates)
    if stored is None:
        return
    least = Counter(fate.said.name for fate in fates if fate.is_certain)
    most = Counter(fate.said.name for fate in fates if fate.is_possible)
    for name in sorted(most):
        counted = stored.counters.get(name, 0)
        if counted < least[name]:
            yield Finding(
                "nothing is lost", person.name, f"{name} counted {counted} times, not {least[name]}"
            )
        if counted > most[name]:
            yield Finding(
                "nothing is counted twice", person.name, f"{name} counted {counted} times, not {most[name]}"
            )
    yield from _timeline(truth, person, stored, fates)
    yield from _traits(person, stored, fates)
    if not any(key != f"user:{person.name}" and key.startswith("user:") for key in person.keys):
        yield from _log(person, stored, fates)


def _one_person(
    truth: Truth, person: Person, fates: Sequence[Fate]
) -> Generator[Finding, None, StoredPerson | None]:
    """Whoever all of the keys lead to that anything certain came under."""
    named = {fate.said.key for fate in fates if fate.is_certain and not _is_aside_about(fates)}
    roots = {key: truth.observed.leads_to.get(key) for key in person.keys if key in named}
    for key, root in roots.items():
        if root is None:
            yield Finding("nothing is lost", person.name, f"nobody is stored under {key}")
            return None
    if len(set(roots.values())) > 1 and not _is_aside_about(fates):
        yield Finding("one person", person.name, f"is several people: {roots}")
        return None
    root = next(iter(roots.values()), None)
    return truth.observed.people.get(root) if root is not None else None


def _is_aside_about(fates: Sequence[Fate]) -> bool:
    """Whether something of theirs was put aside, or may have been refused for its time: who they are may have been in
    it."""
    return any(fate.is_aside or fate.said.is_sound != fate.is_sound for fate in fates)


def _timeline(truth: Truth, person: Person, stored: StoredPerson, fates: Sequence[Fate]) -> Iterator[Finding]:
    """What joined stays on the timeline of whom it was."""
    roots = {stored.key, *person.keys}
    listed = {one for key in roots for one in truth.observed.timelines.get(key, ())}
    for fate in fates:
        if fate.is_certain and fate.said.has_id and fate.said.marker not in listed:
            yield Finding("nothing is lost", person.name, f"{fate.said.marker} is on no timeline")


def _traits(person: Person, stored: StoredPerson, fates: Sequence[Fate]) -> Iterator[Finding]:
    for trait in TRAITS:
        words = [fate for fate in fates if trait in fate.said.traits and fate.is_possible]
        certain = [fate for fate in words if fate.is_certain]
        if not certain:
            continue
        last = [
            fate for fate in words
            if not any(other.told_at[0] > fate.told_at[1] for other in certain)
        ]  # fmt: skip
        allowed = [fate.said.traits[trait] for fate in last]
        value = stored.traits.get(trait)
        if value not in allowed:
            yield Finding(
                "profiles are true",
                person.name,
                f"{trait} is {value!r}, not {' or '.join(map(repr, allowed))}",
            )


def _log(person: Person, stored: StoredPerson, fates: Sequence[Fate]) -> Iterator[Finding]:
    """A list of what was said, in the order of folding."""
    words = [fate for fate in fates if fate.said.logged is not None]
    log = list(stored.traits.get("log", []))
    for fate in words:
        times = log.count(fate.said.logged)
        if times > 1 or (times == 0 and fate.is_certain):
            yield Finding(
                "profiles are true", person.name, f"{fate.said.logged} is {times} times in the log {log}"
            )
    certain = {fate.said.logged: fate for fate in words if fate.is_accepted}
    listed = [certain[one] for one in log if one in certain]
    for before, after in itertools.pairwise(listed):
        if is_before(after, before):
            yield Finding("order per person", person.name, f"the log is {log}")


def _altogether(truth: Truth) -> Iterator[Finding]:
    """Of every name, over all people: whoever became one with whom."""
    counted: Counter[str] = Counter()
    for stored in truth.observed.people.values():
        counted.update(stored.counters)
    most = Counter(fate.said.name for fate in truth.fates if fate.is_possible)
    least = Counter(fate.said.name for fate in truth.fates if fate.is_certain)
    for name in sorted(most):
        if counted[name] > most[name]:
            yield Finding(
                "nothing is counted twice", name, f"counted {counted[name]} times, sent {most[name]}"
            )
    missing = sum(max(0, least[name] - counted[name]) for name in most)
    if missing > counted["other"]:
        short = {name: (counted[name], least[name]) for name in most if counted[name] < least[name]}
        yield Finding("nothing is lost", "counters", f"counted and sent: {short}, others {counted['other']}")
