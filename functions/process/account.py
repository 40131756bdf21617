"""What this invocation can say of each of its records, for the ledger: only what it knows for certain.

What was announced, what was put aside, what comes again, and what the mark of a person says was done before. A record
of which none of that is known is left out: the ledger finds that nobody accounts for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from functions.process.announcing.decided import Decided
from functions.process.arrivals import Arrival, Unreadable
from shared.ledger import lines
from shared.ledger.outcomes import Outcome, Portion
from shared.ledger.places import shard_number
from shared.messaging.messages import message_id

NOBODY = "?"
"""The source of a record that cannot be read."""


class Account:
    def __init__(self) -> None:
        self._arrived: dict[str, Arrival] = {}
        self._portions: dict[str, dict[tuple[int, int], Portion]] = {}
        self._again: set[str] = set()
        self._done: set[str] = set()
        self._unread: list[Outcome] = []
        self._messages: dict[lines.Shop, dict[str, None]] = {}

    def arrived(self, arrivals: Iterable[Arrival]) -> None:
        for one in arrivals:
            self._arrived[one.sequence] = one

    def announced(self, decided: Decided, *, is_aside: bool) -> None:
        """`is_aside`: it was put aside instead, for what is to be announced of it."""
        entry, decisions = decided.entry, decided.decisions
        place = entry.start, entry.turn
        events = len(decided.indexes)
        if is_aside:
            self._portion(decided.arrival, Portion(*place, aside=events))
            return
        duplicates, refused = len(decisions.duplicates), len(decisions.refused)
        derived = len(decided.events) - len(decided.arrival.events)
        folded = events - duplicates - refused
        self._portion(
            decided.arrival,
            Portion(*place, folded, duplicates, refused, 0, len(decided.kept) - derived, derived),
        )
        if decisions.requests:
            hour = lines.hour_of(entry.at)
            for request in decisions.requests:
                event = decisions.event_at(request.event, decided.events)
                ids = self._messages.setdefault((request.campaign, hour), {})
                ids[message_id(request.campaign, event)] = None

    def aside(self, arrival: Arrival, start: int) -> None:
        """Its events from `start` on are a dead letter."""
        self._portion(arrival, Portion(start, aside=len(arrival.events) - start))

    def unread(self, record: Unreadable, *, comes_again: bool) -> None:
        """It is a dead letter, or comes again because it could not become one."""
        self._unread.append(Outcome(int(record.sequence), 0, comes_again=comes_again))

    def comes_again(self, arrival: Arrival) -> None:
        self._again.add(arrival.sequence)

    def done_before(self, arrivals: Iterable[Arrival]) -> None:
        """All of them is folded, and announced but for what is announced now."""
        self._done.update([one.sequence for one in arrivals])

    def said(self, shard_id: str) -> list[dict[str, Any]]:
        """For the log, one line at least. `shard_id` is where the batch is from."""
        records: dict[lines.Shop, list[Outcome]] = {}
        hours: dict[int, int] = {}
        for number, arrival in self._arrived.items():
            portions = self._portions.get(number)
            again, done = number in self._again, number in self._done
            if not (portions or again or done):
                continue
            record = arrival.record
            received = record.received_at
            hour = hours.get(id(received))
            if hour is None:
                hour = hours[id(received)] = lines.hour_of(received)
            made = tuple(portions.values()) if portions else ()
            outcome = Outcome(int(number), _events(arrival), made, again, done)
            records.setdefault((record.source, hour), []).append(outcome)
        if self._unread:
            records[NOBODY, 0] = self._unread
        messages = {shop: [*ids] for shop, ids in self._messages.items()}
        return lines.of_process(shard_number(shard_id), records, messages)

    def _portion(self, arrival: Arrival, portion: Portion) -> None:
        self._portions.setdefault(arrival.sequence, {})[portion.start, portion.turn] = portion


def _events(arrival: Arrival) -> int:
    """Of one that was put aside because it could not be announced, and is put on the stream again: only its portion."""
    count = len(arrival.record.events)
    if arrival.decided is None:
        return count
    end = arrival.decided.end
    return (count if end is None else min(end, count)) - arrival.decided.start
