"""Where the events of a save go: into the item of the profile, as long as that costs no write unit more, or into a
chunk of the timeline.

A chunk takes whatever the item has, and is written when what was decided about these events is announced: after the
save, and again if that was not certain. Until the next save the item keeps what it had. So nothing is lost whenever the
function dies, and nothing stands in a chunk that was not saved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from math import ceil
from typing import NamedTuple

from functions.process.announcing.decided import NONE, Arrived, Decided, Recent
from shared.fold.formats.compression import HARDER, profile_state
from shared.fold.formats.envelope import in_two
from shared.fold.profile import Profile
from shared.people.item_size import WRITE_UNIT, item_bytes, units
from shared.people.recent_events import Section, is_over, name_hash, sections
from shared.people.timeline_rows import Row, framed, packed, written
from shared.people.timeline_rows import row as row_of

SAVED = 48
"""Bytes that harder compression takes off a profile, at most."""

SLICE = 12
"""Bytes that the header takes for one more section."""

GROWTH = 7
"""Bytes that an event adds to an item as a rule: its hash."""

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
    """The person as they are to be saved, and the bytes that the item has of them."""

    person: Profile
    state: bytes

    @property
    def size(self) -> int:
        return item_bytes(self.person, len(self.state))


def settled(person: Profile, decided: Sequence[Decided], days: int) -> Settled:
    """`decided` is what this save decides about the person, and `days` how long events are to be seen."""
    at = decided[-1].arrival.arrived_at
    stored = sections(person)
    in_chunks = tuple(one.stored for one in stored if one.announced_with)
    others = [one for one in stored if not one.announced_with]
    rows = [row for one in others for row in one.rows if not is_over(row, one.days, at)]
    new = [row_of(event) for one in decided for event in one.kept_events]
    if not new:
        return _cheapest(person)
    rows += new
    json, uuids = written(rows)
    data = framed(json, uuids)
    bare = replace(person, recent=in_chunks)
    section = Section(days, b"", data)
    is_small = len(data) < WRITE_UNIT and len(json) <= MOST_WRITTEN
    fitting = _if_it_fits(bare, section, len(new)) if is_small else None
    if fitting is not None:
        return fitting
    besides = BESIDES + len(person.key)
    chunk = units(besides + len(data))
    first = name_hash(decided[0].entry.name)
    leaving = (left for one in others if (left := _leaving(one, first, at)) is not None)
    full = _cheapest(replace(person, recent=(*in_chunks, *leaving)))
    better = _with_the_last(full, rows, besides + len(data), len(new), days)
    if better is not None:
        return better
    if chunk > 1 and len(new) < len(rows) and units(besides + len(packed(new))) < chunk:
        return _cheapest(person)  # those before have room where they are, and would cost a unit in the chunk
    return full


def _leaving(one: Section, announced_with: bytes, at: datetime) -> bytes | None:
    """The section on its way into a chunk: without what is no longer to be seen, which the chunk would keep longer."""
    rows = one.rows
    seen = [row for row in rows if not is_over(row, one.days, at)]
    if not seen:
        return None
    data = one.data if len(seen) == len(rows) else packed(seen)
    return Section(one.days, announced_with, data).stored


def _if_it_fits(person: Profile, section: Section, new: int) -> Settled | None:
    """The person with the section, if the item costs no write unit more and stays small; nor the next time, if that
    brings as many events: it has the section until then."""
    whole = replace(person, recent=(*person.recent, section.stored))
    encoded = in_two(whole)
    made = Settled(whole, profile_state(*encoded))
    most = WRITE_UNIT * units(made.size - len(section.stored) - SLICE) - GROWTH * new
    if most < made.size <= most + SAVED:
        made = Settled(whole, profile_state(*encoded, HARDER))
    return made if made.size <= most <= SMALL else None


def _cheapest(person: Profile) -> Settled:
    """Compressed harder where that saves a write unit."""
    encoded = in_two(person)
    made = Settled(person, profile_state(*encoded))
    if units(made.size - SAVED) < units(made.size):
        made = Settled(person, profile_state(*encoded, HARDER))
    return made


def _with_the_last(full: Settled, rows: list[Row], chunk: int, new: int, days: int) -> Settled | None:
    """The last few events stay in the item, if the chunk of so many bytes then costs a write unit less."""
    room = WRITE_UNIT * units(full.size) - full.size
    over = chunk - WRITE_UNIT * (units(chunk) - 1)
    if units(chunk) == 1 or over > room or room < USEFUL:
        return None
    fewest = ceil(over * len(rows) / chunk)
    for count in (fewest, fewest + 1):
        if count > new or count == len(rows):
            break
        json, uuids = written(rows[-count:])
        last = framed(json, uuids)
        rest = BESIDES + len(full.person.key) + len(packed(rows[:-count]))
        if len(json) <= MOST_WRITTEN and units(chunk - over) >= units(rest):
            return _if_it_fits(full.person, Section(days, b"", last), new)
    return None


def recent_of(person: Profile) -> Recent:
    """What the person's item has of the timeline."""
    if not person.recent:
        return NONE
    in_item, announced_with = set[Arrived](), dict[bytes, list[Row]]()
    for one in sections(person):
        if one.announced_with:
            announced_with.setdefault(one.announced_with, []).extend(one.rows)
        else:
            in_item.update((row.key, row.received) for row in one.rows)
    return Recent(in_item, announced_with)
