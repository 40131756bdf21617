"""The balance that is drawn slice by slice is the one that is drawn of all at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.ledger import on_disk
from shared.ledger.balance import Balance
from shared.ledger.drawing import Drawing, balance
from shared.ledger.lines import Processed, Put, Requested, Witness, hour_of
from shared.ledger.outcomes import Outcome, Portion
from shared.ledger.places import Place
from shared.ledger.slices import Cutter, Part, Piece

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUR = hour_of(NOON)
LATER = NOON + timedelta(hours=1)


def folded(number: int) -> Outcome:
    return Outcome(number, 1, (Portion(folded=1, rows=1),))


def sliced(lines: Sequence[Witness], into: int, given_up: Collection[int] = ()) -> Balance:
    cutter = Cutter(into)
    slices: list[list[Piece]] = [[] for _ in range(into)]
    cut = []
    for one in lines:
        requests = cutter.requests
        for at, piece in cutter.cut(one):
            slices[at].append(piece)
        if cutter.requests > requests:
            assert isinstance(one, Put)
            cut.append(one)
    drawing = Drawing(LATER, given_up)
    for pieces in slices:
        drawing.add(pieces)
    drawing.cut(cut)
    return drawing.drawn()


def seen(found: Balance) -> tuple[object, ...]:
    return (
        {shop: one for shop, one in found.counts.items() if any(map(one.__getattribute__, one.__slots__))},
        found.missing, found.waiting, found.records, found.rows, found.archived, found.messages,
        found.requested, found.lost_rejected,
    )  # fmt: skip


@st.composite
def hours(draw: st.DrawFn) -> list[Witness]:
    """Requests of several records of two shards, and what is said of some of these, in any order."""
    sizes = draw(st.lists(st.integers(0, 3), min_size=1, max_size=12))
    lines: list[Witness] = []
    together: list[int] = []
    for number, size in enumerate(sizes):
        together.append(number)
        if draw(st.booleans()):
            events = sum(sizes[one] for one in together)
            places = tuple(Place(one % 2, one) for one in together)
            lines.append(
                Put(
                    NOON + timedelta(seconds=number),
                    "shop",
                    places,
                    draw(st.sampled_from((events, None))),
                    events + 1,
                    1,
                    is_void=draw(st.booleans()),
                    follows_again=draw(st.booleans()),
                )
            )
            together = []
        for _ in range(draw(st.integers(0, 2))):
            portions = (Portion(folded=size, rows=size),) if size and draw(st.booleans()) else ()
            outcome = Outcome(number, size, portions, draw(st.booleans()), draw(st.booleans()))
            source, hour = ("shop", HOUR) if size else ("?", 0)
            lines.append(Processed(NOON, number % 2, source, hour, (outcome, folded(100 + number))))
        if draw(st.booleans()):
            ids = tuple(f"{number + more:032x}" for more in range(3))
            lines.append(Requested(NOON, "welcome", HOUR, ids))
    return draw(st.permutations(lines))


@given(hours(), st.integers(1, 8), st.sets(st.integers(0, 12)))
def test_slices_say_what_the_whole_says(lines: list[Witness], into: int, given_up: set[int]) -> None:
    assert seen(sliced(lines, into, given_up)) == seen(balance(lines, LATER, given_up))


def test_all_that_is_said_of_a_record_is_in_one_slice_and_slices_are_alike() -> None:
    """As AWS makes sequence numbers: one shard's differ by multiples of 2^36."""
    numbers = [rising << 36 | 2 for rising in range(2**140, 2**140 + 1_000)]
    lines: list[Witness] = [
        Put(NOON, "shop", tuple(Place(0, number) for number in numbers)),
        Processed(NOON, 0, "shop", HOUR, tuple(map(folded, numbers))),
    ]
    cutter = Cutter(10)
    of_puts, of_outcomes = {}, {}
    for line in lines:
        for at, piece in cutter.cut(line):
            if isinstance(piece, Part):
                of_puts[at] = {place.number for place in piece.places}
            elif isinstance(piece, Processed):
                of_outcomes[at] = {outcome.number for outcome in piece.outcomes}

    assert of_puts == of_outcomes
    assert sorted(of_puts) == [*range(10)]
    assert all(50 < len(some) < 200 for some in of_puts.values())


def test_slices_on_the_disk_have_what_was_added_and_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_disk, "TOGETHER", 2)
    lines: list[Witness] = [
        *(Put(NOON, "shop", (Place(0, number),), 1, 1) for number in range(50)),
        Put(NOON, "shop", (*(Place(0, number) for number in range(50, 99)), Place(1, 99)), 50, 50),
        *(Processed(NOON, 0, "shop", HOUR, tuple(map(folded, range(at, at + 9)))) for at in range(0, 90, 9)),
    ]
    drawing = Drawing(LATER)
    told: list[tuple[int, int]] = []

    with on_disk.slices() as slices:
        for one in lines:
            slices.add(one)
        slices.draw(drawing, lambda done, of: told.append((done, of)))

    assert seen(drawing.drawn()) == seen(balance(lines, LATER))
    assert told == [(done, on_disk.SLICES) for done in range(1, on_disk.SLICES + 1)]


def test_only_the_latest_messages_are_kept_and_all_are_counted() -> None:
    drawing = Drawing(LATER, most_messages=2)
    for number in range(9):
        drawing.add([Requested(NOON + timedelta(seconds=number), "welcome", HOUR, (f"{number:032x}",))])

    found = drawing.drawn()
    assert {*found.messages["welcome", HOUR]} == {f"{number:032x}" for number in (7, 8)}
    assert found.requested == {("welcome", HOUR): 9}


def test_what_arrived_before_the_first_hour_is_left_out() -> None:
    drawing = Drawing(LATER, first=HOUR)
    early = NOON - timedelta(minutes=5)
    drawing.add(
        [
            Put(early, "shop", (Place(0, 1),), 1, 1),
            Put(NOON, "shop", (Place(0, 2),), 1, 1),
            Processed(NOON, 0, "shop", HOUR, (folded(2),)),
            Processed(NOON, 0, "shop", HOUR - 1, (folded(3),)),
            Requested(early, "welcome", HOUR - 1, ("a" * 32,)),
        ]
    )

    found = drawing.drawn()
    assert (set(found.counts), found.missing, set(found.rows)) == ({("shop", HOUR)}, [], {2})
    assert found.messages == {}
