"""Where the events of a save go: into the item of the profile, as long as that costs no write unit more, or into a
chunk of the timeline.

A chunk takes whatever the item has, and is written when what was decided about these events is announced: after the
save, and again if that was not certain. Until the next save the item keeps what it had. So nothing is lost whenever the
function dies, and nothing stands in a chunk that was not saved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import ceil
from typing import NamedTuple

from functions.process.announcing.decided import NONE, Decided, Packed, Recent
from shared.fold.formats.compression import HARDER, profile_state
from shared.fold.formats.envelope import without_recent
from shared.fold.profile import Profile
from shared.people.item_size import WRITE_UNIT, item_bytes, units
from shared.people.recent_events import Section, is_over, name_hash, sections
from shared.people.timeline_rows import framed, packed, written
from shared.times import microseconds

SAVED = 48
"""Bytes that harder compression takes off a profile, at most."""

SLICE = 12
"""Bytes that the header takes for one more section."""

GROWTH = 10
"""Bytes that an event adds to an item as a rule: six of its hash, and what its record adds. With fewer, items are
pushed into their next write unit more often; with more, events leave them that would have had room."""

BESIDES = 96
"""Bytes of a chunk's item besides the rows and the person's key."""


SMALL = 4 * WRITE_UNIT
"""Bytes of an item beyond which it keeps no events: so budgets need not count them."""

MOST_WRITTEN = 8 * 1024
"""Bytes of a section before it is compressed. Each of the people who join at one event may bring one: they must not
become more in memory than a function has."""

USEFUL = 100
"""Bytes of an item that are worth trying to use."""


class Settled(NamedTuple):
    """The person as they are to be saved, the bytes that the item has of them, and what of the timeline it has."""

    person: Profile
    state: bytes
    recent: Recent = NONE

    @property
    def size(self) -> int:
        return item_bytes(self.person, len(self.state))


Settling = Callable[[Profile, Sequence[Decided], int], Settled]
"""Of a person, what this save decides about them, and the days for which events are to be seen: see `settled`."""


class Item:
    """The item of a person who is to be saved, with some recent events or others. The rest is encoded once."""

    def __init__(self, person: Profile) -> None:
        self._person = person
        self._rest = without_recent(person)

    def having(
        self, kept: Sequence[Section], chunk: Packed | None = None, *, level: int | None = None
    ) -> Settled:
        stored = tuple([one.stored for one in kept])
        state = profile_state(*self._rest.with_recent(stored), level)
        return Settled(replace(self._person, recent=stored), state, Recent(kept, chunk))

    def cheapest(self, kept: Sequence[Section], chunk: Packed | None = None) -> Settled:
        """Compressed harder where that saves a write unit."""
        made = self.having(kept, chunk)
        if units(made.size - SAVED) < units(made.size):
            made = self.having(kept, chunk, level=HARDER)
        return made

    def if_it_fits(
        self, kept: Sequence[Section], more: Section, new: int, chunk: Packed | None = None
    ) -> Settled | None:
        """With one section more, if the item costs no write unit more and stays small; nor the next time, if that
        brings as many events: it has the section until then."""
        made = self.having([*kept, more], chunk)
        most = WRITE_UNIT * units(made.size - len(more.stored) - SLICE) - GROWTH * new
        if most < made.size <= most + SAVED:
            made = self.having([*kept, more], chunk, level=HARDER)
        return made if made.size <= most <= SMALL else None


def settled(person: Profile, decided: Sequence[Decided], days: int) -> Settled:
    """`decided` is what this save decides about the person, and `days` how long events are to be seen."""
    item, stored = Item(person), sections(person)
    new = [row for one in decided for row in one.rows]
    if not new:
        return item.cheapest(stored)
    at = microseconds(decided[-1].arrival.arrived_at)
    in_chunks = [one for one in stored if one.announced_with]
    before = [_seen(one, at) for one in stored if not one.announced_with]
    rows = [*(row for one in before for row in one.rows), *new]
    json, uuids = written(rows)
    data = framed(json, uuids)
    if len(data) < WRITE_UNIT and len(json) <= MOST_WRITTEN:
        fitting = item.if_it_fits(in_chunks, Section(days, b"", data, rows), len(new))
        if fitting is not None:
            return fitting
    first = name_hash(decided[0].entry.name)
    leaving = [one._replace(announced_with=first) for one in before if one.rows]
    all_of_them = Packed(rows, data)
    full = item.cheapest([*in_chunks, *leaving], all_of_them)
    besides = BESIDES + len(person.key)
    better = _with_the_last(item, full, all_of_them, besides, len(new), days)
    if better is not None:
        return better
    if units(besides + len(data)) > 1 and len(new) < len(rows):
        alone = packed(new)
        if units(besides + len(alone)) < units(besides + len(data)):
            # those before have room where they are, and would cost a unit in the chunk
            return item.cheapest(stored, Packed(new, alone))
    return full


def _seen(one: Section, at: int) -> Section:
    """The section without the events that are no longer to be seen: a chunk would keep them longer."""
    rows = one.rows
    seen = [row for row in rows if not is_over(row, one.days, at)]
    if len(seen) == len(rows):
        return one._replace(known=rows)
    return one._replace(data=packed(seen) if seen else b"", known=seen)


def _with_the_last(
    item: Item, full: Settled, whole: Packed, besides: int, new: int, days: int
) -> Settled | None:
    """The last few events stay in the item, if the chunk, `whole` and so many bytes besides, then costs a write unit
    less."""
    rows, chunk = whole.rows, besides + len(whole.data)
    room = WRITE_UNIT * units(full.size) - full.size
    over = chunk - WRITE_UNIT * (units(chunk) - 1)
    if units(chunk) == 1 or over > room or room < USEFUL:
        return None
    fewest = ceil(over * len(rows) / chunk)
    for count in (fewest, fewest + 1):
        if count > new or count == len(rows):
            break
        json, uuids = written(rows[-count:])
        last = Section(days, b"", framed(json, uuids), rows[-count:])
        rest = Packed(rows[:-count], packed(rows[:-count]))
        if len(json) <= MOST_WRITTEN and units(chunk - over) >= units(besides + len(rest.data)):
            return item.if_it_fits(full.recent.sections, last, new, rest)
    return None
