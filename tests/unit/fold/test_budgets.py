"""What a person's item may hold adds up to half of what no item may exceed; measured on somebody who has all of it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from shared.events import derived_id
from shared.fold import budgets, packing
from shared.fold.budgets import ALL, HEADER, MARK, MOST_ABSORBED, MOST_IN_A_SAVE, MOST_KEYS, OUTBOX, PARTS
from shared.fold.consequences import FROM_ONE_CAUSE
from shared.fold.formats.envelope import BESIDES, encoded
from shared.fold.outbox import Decisions, Derived, OutboxEntry, Request, decision_size, entry_size
from shared.fold.parts import app_versions, consents, counters, identities, traits, utm
from shared.fold.parts.app_versions import AppVersions, Reported
from shared.fold.parts.consents import Consent, Consents
from shared.fold.parts.counters import Counter, Counters
from shared.fold.parts.devices.device import KEPT, Device, Devices
from shared.fold.parts.duplicates.ring import WIDTH, Ring
from shared.fold.parts.identities import Identities
from shared.fold.parts.place import Place, Said
from shared.fold.parts.sessions.session import Line, Session, Sessions
from shared.fold.parts.traits import Traits
from shared.fold.parts.utm import Visit
from shared.fold.parts.volume import Volume
from shared.fold.profile import HARD, Profile, Seen, mark_key
from shared.fold.state import REMEMBERING, States
from shared.messaging.channels import CHANNELS
from shared.workspace.limits import MOST_MESSAGES
from tests.fakes.folding import NOON

LATE = NOON.replace(year=2099, microsecond=123_456)
MILLISECONDS = 4_070_908_800_123


def at(number: int) -> int:
    return MILLISECONDS - 10**8 * number


def uuid(number: int) -> str:
    return str(UUID(bytes=bytes.fromhex(derived_id(str(number)))))


def everything() -> States:
    """Somebody of whom every part remembers as much as it may."""
    width = (counters.NAME_BYTES - 1) // counters.NAMES - 3
    names = {f"{n:0{width}}": Counter(4 * 10**9, at(n) * (n % 2), at(0)) for n in range(counters.NAMES)}
    values = {f"t{n:02}": "x" * 75 for n in range(95)}
    values["rest"] = "x" * (traits.LARGEST - traits._bytes({**values, "rest": ""}))
    times = {trait: at(n) for n, trait in enumerate(values)}
    removed = {f"r{n:02}": at(n) for n in range(25)}
    hours = {500_000 + hour: bytes(WIDTH * (21 if hour else 8)) for hour in range(25)}
    records: dict[int, dict[bytes, tuple[int, ...]]] = {
        500_000 + hour: {bytes([hour, n, 0, 0, 0, 0]): () for n in range(3 if hour < 14 else 2)}
        for hour in range(25)
    }
    device = {"seen": date(2099, 1, 1), "token_at": MILLISECONDS, "token_moved": True}
    link = dict.fromkeys(utm.PARAMETERS.values(), "x" * 60)
    session = Session(derived_id("s"), LATE, LATE, 4 * 10**9, LATE)
    channels = [*consents.OURS, *(f"{n:02}" + "x" * 30 for n in range(20))]
    return States(
        volume=Volume("2099-12-31", 10**9, 10**9),
        duplicates=Ring(hours, records),
        identities=Identities(tuple(f"anonymous:{uuid(n)}" for n in range(identities.REMEMBERED)), True),
        traits=Traits(values, times | removed),
        consents=Consents({channel: Consent(True, LATE, True) for channel in channels}),
        devices=Devices(
            tuple(
                Device(f"{n:02}" + "d" * 34, "android", token="t" * 75, model="m" * 8, app="a" * 8, **device)  # type: ignore[arg-type]
                for n in range(KEPT)
            )
        ),
        counters=Counters({**names, counters.OTHER: Counter(4 * 10**9, 0, at(0))}),
        sessions=Sessions(session, (), LATE, Line(session, LATE)),
        app_versions=AppVersions(
            {f"{n:02}" + "a" * 14: Reported("1.2.3", at(n)) for n in range(app_versions.KEPT)}
        ),
        utm=Visit(link, LATE, {derived_id(str(n))[:12]: LATE for n in range(utm.REMEMBERED)}),
        place=Place(*(Said("x" * length, LATE) for length in (40, 35, 64))),
    )


@pytest.mark.parametrize("name", REMEMBERING)
def test_a_slice_that_is_full_takes_its_budget_and_no_more(name: str) -> None:
    part = REMEMBERING[name]
    state = getattr(everything(), name)
    stored = part.encode(state)
    assert 0.7 * part.budget <= len(stored) <= part.budget
    assert part.decode(stored) == state


def test_all_budgets_add_up_to_half_of_what_no_item_exceeds() -> None:
    assert sum(part.budget for part in REMEMBERING.values()) == PARTS
    assert HEADER + PARTS + MOST_KEYS * MARK + MOST_ABSORBED + OUTBOX <= ALL == HARD // 2


def test_what_one_save_adds_at_most_leaves_an_item_below_what_no_item_exceeds() -> None:
    """The decisions that fill a portion, and those about the event that ends it, with what all timers say that are
    folded before somebody joins: these have to fit into what the budgets leave."""
    assert ALL + MOST_IN_A_SAVE + FROM_ONE_CAUSE <= HARD


def test_the_messages_that_one_event_may_ask_for_fit_whatever_their_campaigns_are_called() -> None:
    longest = max(map(len, CHANNELS))
    request = Request("c" * 64, next(name for name in CHANNELS if len(name) == longest), 10**5)
    with_merges = MOST_MESSAGES * decision_size(request) + 30 * decision_size(merge_said())
    assert with_merges <= FROM_ONE_CAUSE


def merge_said() -> Derived:
    properties = {"person": f"user:{uuid(1)}", "merged_person": f"anonymous:{uuid(2)}"}
    return Derived(identities.PROFILE_MERGED, 4_000, properties, LATE, derived_id("merge"))


def full() -> Profile:
    """With as many marks, people and decisions as may be."""
    properties = {"session_id": derived_id("s"), "session_length": 1234.567, "events": 99}
    derived = Derived("Session Concluded", 4_000, properties, LATE, derived_id("s"))
    entries: list[OutboxEntry] = []
    while True:
        key = f"anonymous:{uuid(len(entries))}"
        entry = OutboxEntry(key, "9" * 56, LATE, 10**6, Decisions(derived=(derived,)), 4_000, 5_000)
        if sum(map(entry_size, (*entries, entry))) > OUTBOX:
            break
        entries.append(entry)
    absorbed: list[str] = []
    while sum(map(packing.identity_key_size, absorbed)) <= MOST_ABSORBED - 18:
        absorbed.append(f"anonymous:{uuid(len(absorbed))}")
    return Profile(
        "user:u1",
        1,
        everything().waiting({"sessions": LATE}),
        {mark_key(str(n)): Seen("9" * 56, LATE, 5_000, 9) for n in range(MOST_KEYS)},
        tuple(entries),
        tuple(absorbed),
        LATE,
        LATE,
        LATE,
    )


def test_whoever_has_all_of_it_takes_half_of_what_no_item_exceeds() -> None:
    profile = full()
    assert 0.8 * ALL < len(encoded(profile)) <= ALL
    besides = {name: len(write(profile)) for name, (_, write) in BESIDES.items()}
    assert besides["#marks"] <= MOST_KEYS * MARK
    assert besides["#absorbed"] <= MOST_ABSORBED + 4
    assert besides["#outbox"] <= OUTBOX
    slices = sum(len(slice_.data) for slice_ in profile.states.slices())
    assert len(encoded(profile)) - slices - sum(besides.values()) <= HEADER


@pytest.mark.parametrize(("slices", "is_long"), [(everything(), True), (States(), False)])
def test_an_outbox_is_long_only_where_the_item_has_no_room(slices: States, *, is_long: bool) -> None:
    profile = full()
    assert budgets.is_long(Profile("user:u1", states=slices, outbox=2 * profile.outbox)) is is_long
    assert not budgets.is_long(Profile("user:u1", states=slices, outbox=profile.outbox[:1]))
