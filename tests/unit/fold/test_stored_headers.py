"""The header of a stored profile and its outbox: whatever they say comes back, what the version before wrote is read,
and what is damaged is a ValueError."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events import derived_id
from shared.fold import packing
from shared.fold.formats import envelope, header, outbox_entries
from shared.fold.formats.compression import decompressed
from shared.fold.formats.envelope import decoded, encoded
from shared.fold.outbox import Decisions, Derived, OutboxEntry, Refusal, Request, Woken
from shared.fold.profile import Profile, Seen, mark_key
from shared.fold.state import REMEMBERING, States, Stored
from shared.times import EPOCH
from tests.fakes.folding import NOON

JSON_HEADER = Path(__file__).with_name("json_header") / "twice.zstd"
"""What `of_json_header()` was stored as by the last version whose headers were JSON, and outboxes JSON alone."""

FORMAT_1 = Path(__file__).with_name("format_1") / "typical.zlib"
VISITOR = "anonymous:0b0e9a8e-58f5-4c63-8d3c-0f5b1a2c3d4e"
FIRST, SECOND = "7".zfill(56), "49671".zfill(56)
SESSION = derived_id("session")


def entry(key: str, sequence: str, at: datetime) -> OutboxEntry:
    return OutboxEntry(
        key,
        sequence,
        at,
        3,
        Decisions(
            duplicates=(1,),
            unfolded=(9,),
            refused=(Refusal(2, "malformed", "name", "no"),),
            sessions=((0, SESSION), (4, None)),
            derived=(
                Derived("Session Started", 0, {"session_id": SESSION, "n": 1}, at, SESSION),
                Derived("Bought", 1, {"session_id": 0}, at),
            ),
            requests=(Request("welcome", "email", 0),),
            forwarded=(0, 1),
            timers=(Woken(key, "sessions", at, 1),),
        ),
        start=1,
        end=8,
        turn=2,
    )


def of_json_header() -> Profile:
    """Everything that an item has; of three sections two each, as where two people became one."""
    typical = decoded("user:u1", decompressed(FORMAT_1.read_bytes()), 7)
    besides = [
        Stored("#absorbed", packing.identity_keys([VISITOR, "email:a@b.c"])),
        Stored(
            "#outbox", outbox_entries.encode([entry("user:bob", SECOND, NOON)], "user:u1", lambda _: None)
        ),
        Stored("#of a newer one", b"once"),
        Stored("#of a newer one", b"twice"),
        Stored("a newer part", b"waits", NOON + timedelta(hours=2)),
    ]
    return replace(
        typical,
        states=States.stored([*typical.states.slices(), *besides]),
        seen={mark_key("user:u1"): Seen(FIRST, NOON, 4, 1), mark_key(VISITOR): Seen(SECOND, NOON)},
        outbox=(entry("user:u1", FIRST, NOON), entry(VISITOR, SECOND, NOON), entry(VISITOR, FIRST, NOON)),
        absorbed=("device:7",),
        due_at=NOON,
        created_at=NOON - timedelta(days=7),
        clock=NOON + timedelta(microseconds=1),
        recent=(b"some", b"more"),
    )


def test_a_profile_with_a_header_of_json_is_read_and_stored_anew_without_loss() -> None:
    wanted, data = of_json_header(), decompressed(JSON_HEADER.read_bytes())
    assert data[4:5] == b"["  # the JSON

    found = decoded("user:u1", data, 7)

    assert (found.seen, found.recent) == (wanted.seen, wanted.recent)
    assert (found.created_at, found.due_at, found.clock) == (wanted.created_at, wanted.due_at, wanted.clock)
    bob = entry("user:bob", SECOND, NOON)
    assert sorted(found.outbox, key=repr) == sorted((*wanted.outbox, bob), key=repr)
    assert sorted(found.absorbed) == sorted(("device:7", VISITOR, "email:a@b.c"))
    unread = [one for one in wanted.states.unread if one.name not in envelope.BESIDES]
    assert list(found.states.unread) == unread
    assert len(unread) == 3
    assert found.states.dues == wanted.states.dues
    assert all(getattr(found.states, name) == getattr(wanted.states, name) for name in REMEMBERING)
    assert decoded("user:u1", encoded(found), 7) == found
    assert len(encoded(found)) < len(data)


def test_an_item_with_sections_twice_is_read_as_that_of_before() -> None:
    of_now = decoded("user:u1", encoded(of_json_header()), 7)
    assert of_now == decoded("user:u1", decompressed(JSON_HEADER.read_bytes()), 7)


def test_names_keep_their_places() -> None:
    """They are stored: more may be added at the end."""
    assert header.NAMES[:19] == (
        *("volume", "identities", "traits", "consents", "devices", "counters", "sessions", "utm", "place"),
        *("app_versions", "campaigns", "routes", "trust", "probes"),
        *("#marks", "#outbox", "#absorbed", "duplicates", "#new"),
    )
    assert {*REMEMBERING, *envelope.BESIDES, envelope.RECENT} <= set(header.NAMES)
    assert len(set(header.NAMES)) == len(header.NAMES) < header.DUE


# Laws.

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
TIMES = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(fold=0))
PERHAPS = st.none() | TIMES | st.just(datetime(1970, 1, 1, tzinfo=UTC))
NAMES = st.sampled_from(header.NAMES) | TEXT | st.sampled_from(["", "Volume", "#", "x" * 5_000])
ROWS = st.lists(
    st.builds(header.Row, NAMES, st.integers(0, 1 << 24) | st.integers(0, 300), PERHAPS), max_size=12
)
PROFILE_TIMES = st.tuples(PERHAPS, PERHAPS, PERHAPS)

UUIDS = st.uuids().map(str)
IDS = (
    UUIDS
    | UUIDS.map(str.upper)
    | st.uuids().map(lambda one: one.hex)
    | st.uuids().map(lambda one: one.hex.upper())
)
ODD = IDS | TEXT | st.just("") | st.just("0" * 32)
KEYS = st.builds("{}:{}".format, st.sampled_from([*packing.KINDS, "other", ""]), ODD) | TEXT
SEQUENCES = st.integers(0, 10**56 - 1).map(lambda one: str(one).zfill(56))
PROPERTIES = st.dictionaries(TEXT, TEXT | st.integers(-9, 9) | st.booleans()) | st.builds(
    lambda one: {"session_id": one, "after": 1}, ODD | st.sampled_from([0, 0.0, False, True, 1, None])
)


@st.composite
def derived(draw: st.DrawFn) -> Derived:
    properties, token = draw(PROPERTIES), draw(st.none() | ODD)
    if token is not None and draw(st.booleans()):
        properties = {**properties, "session_id": token}
    return Derived(draw(TEXT), draw(st.integers(-3, 500)), properties, draw(TIMES), token)


INDEXES = st.lists(st.integers(0, 500), max_size=3).map(tuple)
DECISIONS = st.builds(
    Decisions,
    duplicates=INDEXES,
    unfolded=INDEXES,
    refused=st.lists(st.builds(Refusal, st.integers(0, 9), TEXT, TEXT, TEXT), max_size=2).map(tuple),
    sessions=st.lists(st.tuples(st.integers(0, 500), st.none() | ODD), max_size=3).map(tuple),
    derived=st.lists(derived(), max_size=3).map(tuple),
    requests=st.lists(st.builds(Request, TEXT, st.just("email"), st.integers(0, 9)), max_size=2).map(tuple),
    forwarded=INDEXES,
    timers=st.lists(st.builds(Woken, KEYS, TEXT, TIMES, st.integers(0, 3)), max_size=2).map(tuple),
)
ARRIVALS = TIMES | st.sampled_from([EPOCH, packing.EARLIEST, NOON])
ENTRIES = st.builds(
    OutboxEntry,
    KEYS,
    SEQUENCES,
    ARRIVALS,
    st.integers(0, 99),
    DECISIONS,
    st.integers(0, 9),
    st.none(),
    st.integers(0, 3),
)


@given(PROFILE_TIMES, ROWS, st.binary(max_size=5))
def test_whatever_a_header_says_comes_back(
    times: header.Times, rows: list[header.Row], behind: bytes
) -> None:
    data = header.written(times, rows)
    assert header.read(b"\x02" + data + behind, 1) == (times, rows, 1 + len(data))


@given(st.lists(ENTRIES, max_size=3), st.data())
def test_whatever_an_outbox_says_comes_back(entries: list[OutboxEntry], data: st.DataObject) -> None:
    """With any marks on the keys of its entries, and whoever of them the person is."""
    person = data.draw(st.sampled_from(["user:u1", *(one.key for one in entries)]))
    marks = {
        one.key: (
            data.draw(st.sampled_from([one.sequence, FIRST])),
            data.draw(st.sampled_from([max(one.at, packing.EARLIEST), NOON])),
        )
        for one in entries
        if data.draw(st.booleans())
    }
    found = outbox_entries.decode(outbox_entries.encode(entries, person, marks.get), person, marks.get)
    assert repr(found) == repr(tuple(replace(one, at=max(one.at, packing.EARLIEST)) for one in entries))


def test_an_arrival_before_1970_is_as_of_then_with_a_mark_and_without_one() -> None:
    early = entry("user:u1", FIRST, NOON - timedelta(days=30_000))
    for seen in ({}, {mark_key("user:u1"): Seen(FIRST, early.at)}):
        found = decoded("user:u1", encoded(Profile("user:u1", seen=seen, outbox=(early,))), 1)
        assert [one.at for one in found.outbox] == [packing.EARLIEST]
        assert [one.at for one in found.outbox[0].decisions.timers] == [early.at]


def test_ids_take_16_bytes_and_the_same_one_takes_them_once() -> None:
    one, two = entry("user:u1", FIRST, NOON), entry(VISITOR, FIRST, NOON)
    sizes = [len(outbox_entries.encode([one] * n, "user:u1", lambda _: None)) for n in (1, 2, 3)]
    data = outbox_entries.encode([one, two], "user:u1", lambda _: None)
    assert sizes[1] - sizes[0] == sizes[2] - sizes[1]
    assert data.count(bytes.fromhex(SESSION)) == 1
    assert data.endswith(bytes.fromhex(VISITOR.partition(":")[2].replace("-", "")))
    assert SESSION.encode() not in data


# Damage.

STORED = encoded(of_json_header())
OF_BEFORE = decompressed(JSON_HEADER.read_bytes())


def read_or_refused(data: bytes) -> Any:
    try:
        return decoded("user:u1", data, 7)
    except ValueError as error:
        return error


@pytest.mark.parametrize("data", [STORED, OF_BEFORE], ids=["of now", "of before"])
def test_a_profile_that_ends_too_early_is_refused(data: bytes) -> None:
    ends = [*range(min(400, len(data))), *range(400, len(data), 97)]
    assert all(isinstance(read_or_refused(data[:end]), ValueError) for end in ends)


@pytest.mark.parametrize("data", [STORED, OF_BEFORE], ids=["of now", "of before"])
def test_a_header_with_any_byte_altered_is_read_or_refused(data: bytes) -> None:
    for place in range(1, 500):
        for byte in (0, 1, data[place] ^ 0x80, 255):
            read_or_refused(data[:place] + bytes([byte]) + data[place + 1 :])


@given(st.binary(max_size=200), st.sampled_from([b"\x02", b"\x02\0\0\0", b"\x02\0\0\0\x02\0[]", b""]))
def test_any_bytes_are_read_or_refused(data: bytes, start: bytes) -> None:
    read_or_refused(start + data)


@given(st.binary(max_size=20), st.integers(0, 10_000), st.binary(min_size=1, max_size=3))
def test_an_outbox_with_anything_altered_is_read_or_refused(
    behind: bytes, place: int, altered: bytes
) -> None:
    outbox = outbox_entries.encode(of_json_header().outbox, "user:u1", lambda _: None)
    place %= len(outbox)
    damaged = outbox[:place] + altered + outbox[place + len(altered) :] + behind
    rows = [header.Row("#outbox", len(damaged), None)]
    read_or_refused(b"\x02" + header.written((None, None, None), rows) + damaged)


@pytest.mark.parametrize(
    ("place", "why"),
    [(len(header.NAMES) + 1, "of newer code"), (127, "of newer code"), (header.OTHER, "of newer code")],
)
def test_a_name_that_this_version_has_no_place_for_is_refused(place: int, why: str) -> None:
    data = header.written((None, None, None), [header.Row("volume", 0, None)])
    start = header.JSON_LENGTH + header.NAMES_LENGTH + len(b"[]") + 3 * header.TIME + header.COUNT
    with pytest.raises(ValueError, match=why):
        header.read(data[:start] + bytes([place]) + data[start + 1 :], 0)


def test_more_rows_than_are_counted_are_refused_when_they_are_written() -> None:
    none = (None, None, None)
    most = [header.Row("#new", 0, None)] * 65_535
    assert header.read(header.written(none, most), 0)[1] == most
    with pytest.raises(OverflowError):
        header.written(none, [*most, most[0]])
