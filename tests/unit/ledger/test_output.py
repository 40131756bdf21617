"""The ledger as people read it, and as JSON: all of it can be written."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import orjson
import pytest

from cli.json_output import print_json
from cli.ledger.in_queues import InQueues
from cli.ledger.in_the_lake import Reconciled
from cli.ledger.of_messages import Outcomes, Triggered
from cli.ledger.output import as_json, show
from cli.ledger.reading import Ledger
from shared.ledger.balance import Balance, Counts, Missing, Why
from shared.ledger.lines import hour_of
from shared.ledger.places import Place
from shared.messaging.messages import Why as Dropped

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUR = hour_of(NOON)


def test_all_of_a_ledger_is_written_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    lost = Missing(Place(6, 4959), "shop", NOON, None, Why.NOT_SAID)
    drawn = Balance(counts={("shop", HOUR): Counts(received=3)}, missing=[lost])
    triggered = Triggered(triggered=4, sent=1, dropped=Counter({Dropped.NO_ADDRESS: 2}), missing=["m1"])
    lake = Reconciled(records=2, compared=2, rows=3, waiting=0, short={4960: 1})

    print_json(
        as_json(Ledger(NOON, NOON, drawn, lake=lake, messages=Outcomes({("welcome", HOUR): triggered})))
    )

    written = orjson.loads(capsys.readouterr().out)
    assert written["messages"] == [
        {
            "campaign": "welcome",
            "hour": "2026-11-21T12:00:00.000Z",
            "triggered": 4,
            "sent": 1,
            "waiting": 0,
            "dropped": {"no_address": 2},
            "missing": ["m1"],
            "missing_at_least": 1,
            "missing_at_most": 1,
            "waiting_or_missing": [],
            "not_looked_up": 0,
        }
    ]
    assert written["messages_missing"] == {"at_least": 1, "at_most": 1, "that_may_be_in_queues": 0}
    assert written["missing"][0]["sequence_number"] == "4959"
    assert written["lake"]["lacking"] == [{"sequence_number": "4960", "rows": 1}]
    assert not written["balanced"]


def test_a_source_of_which_nothing_is_counted_has_no_row(capsys: pytest.CaptureFixture[str]) -> None:
    counts = {("?", HOUR): Counts(), ("shop", HOUR): Counts(received=3, accepted=3, folded=3)}

    show(Ledger(NOON, NOON, Balance(counts=counts)))

    shown = capsys.readouterr().out
    assert "shop" in shown
    assert "?" not in shown


def test_dead_letters_that_stand_for_no_message_are_on_a_line_of_their_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ledger = Ledger(NOON, NOON, Balance(), messages=Outcomes(queues=InQueues(unreadable=2, unread=1)))

    show(ledger)

    shown = capsys.readouterr().out
    assert "2 dead letters of `send` cannot be read" in shown
    assert "1 dead letter of `send` not read" in shown
    assert as_json(ledger)["dead_letters"] == {"unreadable": 2, "unread": 1}


def test_what_was_lost_stays_lost_and_the_hint_says_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    lost = Missing(Place(6, 4959), "shop", NOON, 1, Why.NOT_SAID)

    show(Ledger(NOON, NOON, Balance(missing=[lost])))

    assert "To go on after it, from then on: --since 2026-11-21T13:00:00.000Z" in capsys.readouterr().out


def test_nothing_to_go_on_after_where_only_lines_are_lost(capsys: pytest.CaptureFixture[str]) -> None:
    lost = Missing(Place(6, 4959), "shop", NOON, 1, Why.NOT_SAID)

    show(Ledger(NOON, NOON, Balance(missing=[lost]), arrived={4959}))

    assert "--since" not in capsys.readouterr().out


def test_what_a_kill_lost_is_lost_even_if_the_lake_has_it_and_both_are_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lost = [Missing(Place(6, number), "shop", NOON, 1, Why.LOST_WITH_THE_EMULATOR) for number in (4959, 4960)]
    ledger = Ledger(NOON, NOON, Balance(missing=lost), arrived={4959}, lake=Reconciled())

    assert not ledger.is_balanced
    assert [(one["why"], one["in_the_lake"]) for one in as_json(ledger)["missing"]] == [
        ("lost_with_the_emulator", True),
        ("lost_with_the_emulator", False),
    ]
    show(ledger)
    shown = capsys.readouterr().out
    assert "2 records missing (2 events)" in shown
    assert shown.count("lost with the emulator, but in the lake") == 1


def test_nobody_says_whether_the_lake_has_it_where_nobody_looked() -> None:
    lost = Missing(Place(6, 4959), "shop", NOON, 1, Why.LOST_WITH_THE_EMULATOR)
    in_part = lost._replace(why=Why.IN_PART)

    [without_lake] = as_json(Ledger(NOON, NOON, Balance(missing=[lost])))["missing"]
    [part] = as_json(Ledger(NOON, NOON, Balance(missing=[in_part]), lake=Reconciled()))["missing"]
    assert (without_lake["in_the_lake"], part["in_the_lake"]) == (None, None)


@pytest.mark.parametrize(("room", "least", "balanced"), [(2, 1, False), (3, 0, True), (9, 0, True)])
def test_while_a_queue_may_have_them_it_says_how_many_messages_are_missing_at_least_and_at_most(
    capsys: pytest.CaptureFixture[str], room: int, least: int, balanced: bool
) -> None:
    triggered = Triggered(triggered=3, unclear=["m1", "m2", "m3"])
    ledger = Ledger(NOON, NOON, Balance(), messages=Outcomes({("welcome", HOUR): triggered}, room=room))

    show(ledger)

    shown = capsys.readouterr().out
    assert shown.count(f"at least {least}, at most 3") == 2
    assert ("Not balanced" in shown, ledger.is_balanced) == (not balanced, balanced)
    written = as_json(ledger)
    assert written["messages_missing"] == {"at_least": least, "at_most": 3, "that_may_be_in_queues": room}
    assert written["messages"][0]["waiting_or_missing"] == ["m1", "m2", "m3"]


def test_messages_that_were_not_looked_up_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    triggered = Triggered(triggered=7, sent=2, not_looked_up=5)

    show(Ledger(NOON, NOON, Balance(), messages=Outcomes({("welcome", HOUR): triggered})))

    assert "5 messages not looked up" in capsys.readouterr().out
