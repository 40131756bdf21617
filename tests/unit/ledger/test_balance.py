"""Every record is accounted for, once, or is named."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.ledger.balance import Balance, Counts, Why
from shared.ledger.drawing import balance
from shared.ledger.lines import Processed, Put, Requested, Witness, hour_of
from shared.ledger.outcomes import Outcome, Portion
from shared.ledger.places import Place
from shared.records import RETENTION

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUR = hour_of(NOON)
LATER = NOON + timedelta(hours=1)


def put(*numbers: int, events: int | None = None, at: datetime = NOON, **more: object) -> Put:
    places = tuple(Place(0, number) for number in numbers)
    return Put(at, "shop", places, events, events or 0, **more)  # type: ignore[arg-type]


def folded(number: int, events: int = 1) -> Outcome:
    return Outcome(number, events, (Portion(folded=events, rows=events),))


def said(*outcomes: Outcome, at: datetime = NOON, hour: int = HOUR) -> Processed:
    return Processed(at, 0, "shop", hour, outcomes)


def shop(balanced: Balance, hour: int = HOUR) -> Counts:
    return balanced.counts["shop", hour]


def test_what_was_put_and_folded_balances() -> None:
    found = balance([put(1, 2, events=5), said(folded(1, 3), folded(2, 2))], LATER)

    assert found.is_balanced
    assert (shop(found).accepted, shop(found).folded, shop(found).rows) == (5, 5, 5)
    assert (found.missing, found.waiting, found.records) == ([], 0, 2)


def test_a_record_that_is_delivered_twice_is_counted_once() -> None:
    twice = said(folded(1, 3))

    assert shop(balance([put(1, events=3), twice, twice], LATER)).folded == 3


def test_a_batch_that_is_cut_elsewhere_when_it_comes_again_counts_each_record_once() -> None:
    lines: list[Witness] = [
        put(1, events=1),
        put(2, events=1),
        put(3, events=1),
        said(folded(1), folded(2)),
        said(folded(2), folded(3)),
    ]

    found = balance(lines, LATER)
    assert found.is_balanced
    assert shop(found).folded == 3


def test_a_record_of_which_nobody_says_anything_is_missing_once_others_of_its_shard_were_read() -> None:
    lines: list[Witness] = [
        put(1, events=2),
        put(2, events=1, at=NOON + timedelta(seconds=1)),
        said(folded(2)),
    ]

    found = balance(lines, LATER)
    assert not found.is_balanced
    assert [(one.place.number, one.source, one.events, one.why) for one in found.missing] == [
        (1, "shop", 2, Why.NOT_SAID)
    ]
    assert (shop(found).accepted, shop(found).missing, shop(found).difference) == (3, 2, 0)


def test_a_record_waits_while_nothing_that_came_after_it_was_read() -> None:
    found = balance([put(1, events=2)], LATER)

    assert found.is_balanced
    assert (shop(found).waiting, found.waiting) == (2, 1)


def test_a_record_that_the_stream_cannot_have_any_more_is_missing() -> None:
    found = balance([put(1, events=2)], NOON + RETENTION + timedelta(hours=1))

    assert [one.place.number for one in found.missing] == [1]


def test_a_young_record_waits_whatever_was_read_of_its_shard() -> None:
    lines: list[Witness] = [
        put(1, events=1),
        put(2, events=1, at=NOON + timedelta(seconds=1)),
        said(folded(2)),
    ]

    assert balance(lines, NOON + timedelta(minutes=1)).is_balanced


def test_a_record_of_another_shard_says_nothing_of_this_one() -> None:
    other = Put(NOON + timedelta(seconds=1), "shop", (Place(1, 2),), 1, 1)

    assert balance([put(1, events=1), other, said(folded(2))], LATER).is_balanced


def test_a_record_that_comes_again_waits_until_its_last_word() -> None:
    again, then = Outcome(1, 2, (), comes_again=True), NOON + timedelta(minutes=1)
    lines: list[Witness] = [put(1, events=2), said(again)]

    assert shop(balance(lines, LATER)).waiting == 2
    assert shop(balance([*lines, said(folded(1, 2), at=then)], LATER)).waiting == 0


def test_portions_of_a_record_are_added_and_what_none_of_them_has_is_missing() -> None:
    first = Outcome(1, 5, (Portion(0, 0, folded=2, rows=2),))
    second = Outcome(1, 5, (Portion(2, 0, folded=2, duplicates=1, rows=2),))

    whole = balance([put(1, events=5), said(first), said(second)], LATER)
    assert whole.is_balanced
    assert (shop(whole).folded, shop(whole).duplicates) == (4, 1)
    [missing] = balance([put(1, events=5), said(first)], LATER).missing
    assert (missing.place.number, missing.events, missing.why) == (1, 3, Why.IN_PART)


def test_what_was_done_before_is_done_though_its_line_is_lost() -> None:
    found = balance([put(1, events=4), said(Outcome(1, 4, (), is_done=True))], LATER)

    assert found.is_balanced
    assert shop(found).done_before == 4


def test_events_end_as_duplicates_refused_or_put_aside() -> None:
    outcome = Outcome(
        1, 6, (Portion(0, 0, folded=1, duplicates=2, refused=1, rows=1), Portion(4, 0, aside=2))
    )

    found = balance([put(1, events=6), said(outcome)], LATER)
    assert found.is_balanced
    one = shop(found)
    assert (one.folded, one.duplicates, one.refused, one.put_aside) == (1, 2, 1, 2)


def test_a_record_that_nobody_can_read_is_put_aside_with_all_its_request_says_it_had() -> None:
    unreadable = Processed(NOON, 0, "?", 0, (Outcome(1, 0),))

    found = balance([put(1, events=3), unreadable], LATER)
    assert found.is_balanced
    assert found.counts["?", HOUR].put_aside == 3


def test_a_record_that_nobody_says_they_put_is_put_by_others() -> None:
    found = balance([said(folded(1, 2))], LATER)

    assert found.is_balanced
    assert (shop(found).put_by_others, shop(found).folded) == (2, 2)


def test_what_the_stream_gave_up_is_not_lost() -> None:
    lines: list[Witness] = [
        put(1, events=2),
        put(2, events=1, at=NOON + timedelta(seconds=1)),
        said(folded(2)),
    ]

    found = balance(lines, LATER, given_up={1})
    assert found.is_balanced
    assert shop(found).given_up == 2


def test_a_request_just_before_the_hour_belongs_to_the_hour_of_its_arrival() -> None:
    next_hour = NOON + timedelta(hours=1)

    found = balance([put(1, events=2, at=next_hour), said(folded(1, 2))], next_hour + timedelta(hours=1))
    assert set(found.counts) == {("shop", HOUR)}
    assert shop(found).received == 2


def test_what_the_emulator_forgot_is_lost_at_once_and_what_came_again_is_not() -> None:
    lines: list[Witness] = [put(1, events=2, is_void=True), put(2, events=1, is_void=True), said(folded(2))]

    found = balance(lines, NOON)
    assert [(one.place.number, one.why) for one in found.missing] == [(1, Why.LOST_WITH_THE_EMULATOR)]


def test_messages_are_counted_once_whoever_requests_them_again() -> None:
    asked = Requested(NOON, "welcome", HOUR, ("a" * 32, "b" * 32))

    assert balance([asked, asked], LATER).messages == {("welcome", HOUR): {"a" * 32: NOON, "b" * 32: NOON}}


def test_one_lost_record_of_ten_thousand_is_named() -> None:
    draw = random.Random(7)
    lost = draw.randrange(9_999)
    puts = [put(number, events=1, at=NOON + timedelta(milliseconds=number)) for number in range(10_000)]
    kept = [number for number in range(10_000) if number != lost]
    lines: list[Witness] = [
        *puts,
        *(said(*map(folded, kept[at : at + 100])) for at in range(0, len(kept), 90)),
    ]
    draw.shuffle(lines)

    found = balance(lines, LATER)
    assert [one.place.number for one in found.missing] == [lost]
    assert (shop(found).accepted, shop(found).folded, shop(found).missing) == (10_000, 9_999, 1)


@st.composite
def hours(draw: st.DrawFn) -> list[Witness]:
    """Requests and what is said of their records, in any order, as often as it may be."""
    sizes = draw(st.lists(st.integers(1, 5), min_size=1, max_size=8))
    lines: list[Witness] = []
    together: list[int] = []
    for number, size in enumerate(sizes):
        together.append(number)
        if draw(st.booleans()):
            events = sum(sizes[one] for one in together)
            at = NOON + timedelta(seconds=number)
            lines.append(put(*together, events=draw(st.sampled_from((events, None))), at=at))
            together = []
        cut = draw(st.integers(0, size))
        parts = (Portion(0, 0, folded=cut, rows=cut), Portion(cut, 1, duplicates=size - cut))
        for _ in range(draw(st.integers(0, 3))):
            some = draw(st.sets(st.sampled_from(parts)))
            again, done = draw(st.booleans()), draw(st.booleans())
            lines.append(said(Outcome(number, size, tuple(sorted(some)), again, done)))
    return draw(st.permutations(lines))


@given(hours())
def test_whatever_is_said_in_whatever_order_and_how_often_the_two_sides_are_equal(
    lines: list[Witness],
) -> None:
    found = balance(lines, LATER)
    assert all(one.difference == 0 for one in found.counts.values())
    assert not any(
        value < 0
        for one in found.counts.values()
        for value in map(one.__getattribute__, one.__dataclass_fields__)
    )
