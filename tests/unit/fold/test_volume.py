"""Volume: who sends too much in a day is archived only, and what is taken back counts all the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.events import Event
from shared.fold import ORDER
from shared.fold.parts import consents, volume
from shared.fold.parts.consents import Consent, Consents
from shared.fold.parts.devices.tokens import PUSH_TOKEN_INVALID
from shared.fold.parts.volume import Volume
from shared.workspace.model import Settings, Workspace
from tests.fakes.folding import NOON, Person, did, identified

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LIMIT = 3
SMALL = Workspace(settings=Settings(person_events_per_day=LIMIT))


def flooded() -> Person:
    """Somebody who agreed to messages, and whom a browser's key pushed over the limit."""
    ann = Person(SMALL)
    phone = {"device": {"id": "d1", "token": "t1", "type": "ios"}}
    ann.does(identified(consents={"sms": True}), did(context=phone), did(), trust="browser")
    assert ann.does(did(), trust="browser").decisions.unfolded == (0,)
    return ann


@pytest.mark.parametrize(("sent", "unfolded"), [(LIMIT - 1, ()), (LIMIT, ()), (LIMIT + 1, (LIMIT,))])
def test_the_limit_itself_is_folded_and_the_next_event_is_not(sent: int, unfolded: tuple[int, ...]) -> None:
    bot = Person(SMALL)
    assert bot.does(*(did() for _ in range(sent))).decisions.unfolded == unfolded
    assert bot.profile.states.counters.events["View Item"].count == min(sent, LIMIT)


def test_a_new_day_begins_at_midnight_utc_by_the_arrival() -> None:
    bot = Person(SMALL)
    before_midnight = NOON.replace(hour=23, minute=59, second=59, microsecond=999_999)
    bot.does(*(did(at=before_midnight) for _ in range(LIMIT)))
    assert bot.does(did(at=before_midnight)).decisions.unfolded == (0,)
    late = did(at=before_midnight, received_at=before_midnight + timedelta(microseconds=1))
    assert bot.does(late).decisions.unfolded == ()


@pytest.mark.parametrize("trust", ["server", "browser"])
def test_an_earlier_days_event_that_is_replayed_does_not_start_the_day_anew(trust: str) -> None:
    bot = Person(SMALL)
    bot.does(*(did() for _ in range(LIMIT)), trust=trust)  # type: ignore[arg-type]
    replayed = bot.does(did(at=NOON - DAY), now=NOON, trust=trust)  # type: ignore[arg-type]
    assert replayed.decisions.unfolded == (0,)
    assert bot.does(did(), trust=trust).decisions.unfolded == (0,)  # type: ignore[arg-type]


@pytest.mark.parametrize("trust", ["server", "browser"])
@pytest.mark.parametrize("again", [1, LIMIT + 5])
def test_what_comes_again_is_recognised_and_does_not_use_up_the_day(trust: str, again: int) -> None:
    """A client that sends again, or an operator who brings records back: the person sent it once."""
    ann = Person(SMALL)
    event = did()
    ann.does(event, trust=trust)  # type: ignore[arg-type]
    before = ann.profile.states.volume

    for _ in range(again):
        assert ann.does(event, trust=trust).decisions.duplicates == (0,)  # type: ignore[arg-type]

    assert ann.profile.states.volume == before
    assert ann.does(did(), trust=trust).decisions.unfolded == ()  # type: ignore[arg-type]


def test_beyond_the_limit_what_was_folded_is_still_recognised() -> None:
    ann = Person(SMALL)
    events = [did() for _ in range(LIMIT)]
    ann.does(*events)
    assert ann.does(did()).decisions.unfolded == (0,)

    again = ann.does(events[-1])

    assert (again.decisions.duplicates, again.decisions.unfolded) == ((0,), ())


def test_a_flood_does_not_push_out_what_is_remembered() -> None:
    """What was not folded is judged anew when it comes again."""
    ann = Person(SMALL)
    ann.does(*(did() for _ in range(LIMIT)))
    before = ann.profile.states.duplicates
    flood = did()

    for _ in range(3):
        assert ann.does(flood).decisions.unfolded == (0,)
    assert ann.profile.states.duplicates == before
    assert ann.profile.states.volume.of_servers == LIMIT + 3


def test_a_public_key_does_not_keep_the_server_from_being_listened_to() -> None:
    ann = flooded()
    outcome = ann.does(did("Complete Purchase"))
    assert outcome.decisions.unfolded == ()
    assert ann.profile.states.counters.events["Complete Purchase"].count == 1
    assert ann.does(did(), trust="browser").decisions.unfolded == (0,)


def test_a_server_that_runs_wild_is_limited_too() -> None:
    ann = Person(SMALL)
    ann.does(*(did() for _ in range(LIMIT)))
    assert ann.does(did()).decisions.unfolded == (0,)
    assert ann.does(did(), trust="browser").decisions.unfolded == ()


@pytest.mark.parametrize(
    "event",
    [
        identified(consents={"sms": False, "email": False}),
        did(traits={"consents": {"sms": False, "email": False, "push": True, "bad": "yes"}}),
        did(context={"consent": {"categoryPreferences": {"sms": False, "email": False}}}),
    ],
)
def test_a_withdrawal_beyond_the_limit_counts_and_nothing_else_of_its_event_does(event: Event) -> None:
    ann = flooded()
    before = ann.profile.states
    outcome = ann.does(event, trust="browser")
    assert outcome.decisions.unfolded == (0,)
    given = {name: said.given for name, said in ann.profile.states.consents.channels.items()}
    assert given == {"sms": False, "email": False}
    assert ann.profile.states.counters == before.counters
    assert ann.profile.states.traits == before.traits
    assert ann.said == []


def test_consent_is_not_given_beyond_the_limit_so_withdrawals_end_somewhere() -> None:
    ann = flooded()
    for n in range(consents.CHANNELS * 3):
        said = {f"c{n}": False, "sms": n % 2 == 0}
        ann.does(identified(consents=said, at=NOON + n * MINUTE), trust="browser")
    channels = ann.profile.states.consents.channels
    assert not channels["sms"].given
    assert len(channels) == consents.CHANNELS + 1


@pytest.mark.parametrize(
    ("device", "left"),
    [({"id": "d1", "registered": False}, [("d1", None)]), ({"token": "t1", "removed": True}, [])],
)
def test_the_end_of_push_on_a_device_counts_beyond_the_limit(
    device: dict[str, object], left: list[tuple[str, str | None]]
) -> None:
    ann = flooded()
    ann.does(did(context={"device": device}), trust="browser")
    assert [(one.id, one.token) for one in ann.profile.states.devices.known] == left


def test_a_device_or_a_token_is_not_added_beyond_the_limit() -> None:
    ann = flooded()
    before = ann.profile.states.devices
    ann.does(did(context={"device": {"id": "d9", "token": "t9"}}), trust="browser")
    assert ann.profile.states.devices == before


def test_events_of_our_own_take_effect_beyond_the_limit_and_are_not_the_persons() -> None:
    ann = flooded()
    said: dict[str, Any] = {"type": "system", "source": "headrace", "protocol": "headrace"}
    invalid = did(PUSH_TOKEN_INVALID, properties={"token": "t1"}, **said)
    sent = [did("Notification Sent", **said) for _ in range(LIMIT * 2)]
    volume_before = ann.profile.states.volume
    assert ann.does(invalid, *sent).decisions.unfolded == ()
    assert ann.profile.states.devices.known[0].token is None
    assert ann.profile.states.counters.events["Notification Sent"].count == LIMIT * 2
    assert ann.profile.states.volume == volume_before


def test_two_people_who_are_one_sent_what_both_did_on_the_later_day() -> None:
    monday, tuesday = Volume("2026-11-23", 5, 1), Volume("2026-11-24", 1, 2)
    assert volume.merge(monday, monday) == Volume("2026-11-23", 10, 2)
    assert volume.merge(monday, tuesday) == volume.merge(tuesday, monday) == tuesday


def test_every_part_that_an_event_reaches_beyond_the_limit_only_takes_back() -> None:
    assert {part.name for part in ORDER.withdrawing} == {"consents", "devices"}
    given = Consents({"sms": Consent(True, NOON)})
    assert consents.withdraw(given, identified(consents={"sms": True, "ads": True})) is given


@pytest.mark.parametrize("before", [timedelta(), 10 * MINUTE, 40 * MINUTE, 9 * DAY])
@pytest.mark.parametrize("as_one", [True, False])
def test_an_event_over_the_limit_has_the_session_it_happened_in_whatever_record_it_comes_with(
    before: timedelta, as_one: bool
) -> None:
    """It opens none: one that happened before or after the session is in none."""
    ann = Person(SMALL)
    folded = [did(at=NOON), did(at=NOON + MINUTE), did(at=NOON + 2 * MINUTE)]
    over = did(at=NOON - before, received_at=NOON + 3 * MINUTE)
    if as_one:
        runs = ann.does(*folded, over).decisions.sessions
    else:
        ann.does(*folded)
        runs = ann.does(over).decisions.sessions
    session = ann.profile.states.sessions
    assert session.current is not None
    belongs = runs[-1][1] if runs else None
    assert belongs == (session.current.id if before < 30 * MINUTE else None)
    assert (session.current.events, session.history.current) == (3, None)
