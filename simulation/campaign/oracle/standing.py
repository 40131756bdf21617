"""Everything moves again once the faults are over, and nothing has grown without bound."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from simulation.campaign.oracle.truth import Finding, Truth, markers

LARGEST = {"profiles": 64 * 1024, "timeline": 400 * 1024, "messages": 16 * 1024, "rejected": 400 * 1024}
"""Bytes of an item."""

OVERDUE = timedelta(minutes=15)
"""By which a timer may be late in the end: `sweep` looks each minute."""

MOST_TIMERS = 2
"""How often somebody is sent the same timer where nothing disturbs `sweep`: when it is due, and minutes later if it was
not folded by then. To send it again each minute keeps others waiting, when many are due."""

MOST_OUTBOX, MOST_BROUGHT = 8 * 1024, 1024
"""Bytes of decisions that a person has in the end, as what is said leaves at the next save, and there may be none; and
what each who joined them brought along."""

PROCESS = ("process", "given up")
"""Where what comes from the stream is put aside."""


def check(truth: Truth) -> Iterator[Finding]:
    observed = truth.observed
    for what in observed.waiting:
        yield Finding("everything moves again", what, "still has work when the faults are long over")
    for table, size in observed.largest.items():
        if size > LARGEST.get(table, 400 * 1024):
            yield Finding("nothing grows without bound", table, f"an item of {size:,} bytes")
    for person in observed.people.values():
        due, now = person.due_at, observed.ended_at
        if due is not None and now is not None and now - due > OVERDUE + truth.clocks_off:
            yield Finding(
                "timers come", person.key, f"was due at {due:%d %H:%M:%S}, now it is {now:%d %H:%M:%S}"
            )
        joined = sum(root == person.key for root in observed.leads_to.values()) - 1
        if person.outbox > MOST_OUTBOX + MOST_BROUGHT * joined:
            yield Finding(
                "nothing grows without bound",
                person.key,
                f"{person.outbox:,} bytes of decisions in the outbox",
            )
    most = MOST_TIMERS + observed.sweeps_disturbed
    for timer, count in observed.timers.items():
        if count > most and not truth.clocks_off:
            yield Finding("no timer again and again", timer, f"was sent {count} times, {most} at most")
    for words in observed.unbalanced:
        yield Finding("the ledger balances", "ledger", words)


def put_aside(truth: Truth) -> Iterator[Finding]:
    """Faults pass: what the stream brings is put aside only for what it says itself."""
    texts = (text for queue, text in truth.observed.put_aside if queue.lower().startswith(PROCESS))
    for marker in sorted(markers(texts)):
        fate = truth.by_marker.get(marker)
        if fate is not None and fate.said.is_sound:
            words = f"{fate.said.name} of {fate.said.person} is a dead letter, and nothing is wrong with it"
            yield Finding("nothing sound is put aside", marker, words)


def answers(truth: Truth) -> Iterator[Finding]:
    for fate in truth.fates:
        if fate.is_sound and fate.is_accepted is False:
            yield Finding(
                "sound events are accepted", fate.said.marker, f"{fate.said.name} by {fate.request.protocol}"
            )
        if not fate.is_answered:
            yield Finding("clients are answered", fate.said.marker, "no attempt was ever answered")
