"""The oracle, on runs that are made up: it has nothing to say of a true one, and names what is wrong with any other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.workspace.model import Campaign, EventDefinition, Workspace
from simulation.campaign.history.model import History, Person, Request, Said
from simulation.campaign.oracle.answers import accepted
from simulation.campaign.oracle.checking import findings
from simulation.campaign.oracle.observed import (
    Attempt,
    LoggedMessage,
    Observed,
    Row,
    StoredPerson,
    Taken,
)

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def said(marker: str, name: str = "Read Page", *, person: str = "p1", **fields: object) -> Said:
    return Said(marker, person, f"user:{person}", "track", name, at=NOON, **fields)  # type: ignore[arg-type]


def minutes(count: float) -> datetime:
    return NOON + timedelta(minutes=count)


def request(number: int, *events: Said) -> Request:
    return Request(number, minutes(number), "server", "twilio_segment", "/v1/batch", b"", events)


WELCOME = Campaign(id="c1", name="c1", event="Buy Ticket", channel="email", template="c1")

EMAIL = {"email": "p1@shop.example"}

HISTORY = History(
    seed=1,
    start=NOON,
    workspace=Workspace(campaigns=(WELCOME,)),
    people=(Person("p1", "exact", ("user:p1",), ""), Person("h1", "bounds", (), "")),
    requests=(
        request(0, said("m1", traits={"plan": "free"}), said("m2", traits=EMAIL)),
        request(1, replace(said("m3", traits={"plan": "gold"}), at=minutes(1))),
        request(2, replace(said("m4", "Buy Ticket"), at=minutes(2))),
    ),
)


WHEN = {
    "m1": "2026-11-21 12:00:00.000",
    "m2": "2026-11-21 12:00:00.000",
    "m3": "2026-11-21 12:01:00.000",
    "m4": "2026-11-21 12:02:00.000",
}


def row(marker: str, sequence: int, name: str = "Read Page", event_id: str = "") -> Row:
    return Row(
        event_id or marker, "track", name, "server", "twilio_segment", "user:p1", str(sequence), 0, "user:p1",
        "p1", marker, None, WHEN.get(marker, WHEN["m1"]), "2026-11-21 12:05:00.000",
    )  # fmt: skip


def session(name: str) -> Row:
    made = row(f"s-{name}", 5, name)
    return made._replace(
        source="headrace", said=None, session="s1", occurred_at="12:30", received_at="12:30", events="0"
    )


ENDED = (session("Session Started"), session("Session Concluded"))


def attempt(number: int, status: int | None = 200, body: bytes = b"{}") -> Attempt:
    return Attempt(number, minutes(number), minutes(number + 0.5), status, body)


TRUE = Observed(
    attempts=(attempt(0), attempt(1), attempt(2)),
    rows=(row("m1", 1), row("m2", 2), row("m3", 3), row("m4", 4, "Buy Ticket")),
    people={
        "user:p1": StoredPerson(
            "user:p1", {"Read Page": 3, "Buy Ticket": 1}, {"plan": "gold", **EMAIL}, None, 0
        )
    },
    leads_to={"user:p1": "user:p1"},
    timelines={"user:p1": frozenset({"m1", "m2", "m3", "m4"})},
    taken=(Taken(minutes(3), "email", "p1@shop.example", "[c1 m4]"),),
    logged=(LoggedMessage("c1", "m4", "sent", None),),
    ended_at=minutes(60),
)


def broken(observed: Observed, history: History = HISTORY) -> set[str]:
    return {finding.promise for finding in findings(history, observed)}


def person(**fields: object) -> dict[str, StoredPerson]:
    if "traits" in fields:
        fields["traits"] = {**EMAIL, **fields["traits"]}  # type: ignore[dict-item]
    return {"user:p1": replace(TRUE.people["user:p1"], **fields)}  # type: ignore[arg-type]


def test_of_a_true_run_there_is_nothing_to_say() -> None:
    assert findings(HISTORY, TRUE) == []
    assert findings(HISTORY, replace(TRUE, rows=(*TRUE.rows, *ENDED))) == []


@pytest.mark.parametrize(
    ("observed", "promise"),
    [
        (replace(TRUE, rows=TRUE.rows[1:]), "nothing is lost"),
        (replace(TRUE, rows=(*TRUE.rows, row("m1", 1, event_id="again"))), "nothing is counted twice"),
        (replace(TRUE, rows=(*TRUE.rows, row("m9", 9))), "nothing is made up"),
        (replace(TRUE, rows=(*TRUE.rows[:2], row("m3", 0), TRUE.rows[3])), "order per person"),
        (replace(TRUE, rows=(*TRUE.rows, row("m1", 7))), "nothing is counted twice"),
        (replace(TRUE, rows=(*TRUE.rows, session("Session Started"))), "sessions end"),
        (
            replace(TRUE, rows=(*TRUE.rows, *ENDED[:1], ENDED[1]._replace(received_at="12:31"))),
            "timers first",
        ),
        (replace(TRUE, rejected=("m1",)), "one outcome"),
        (replace(TRUE, rejected=("m1",), rows=TRUE.rows[1:]), "sound events are kept"),
        (replace(TRUE, people=person(counters={"Read Page": 2, "Buy Ticket": 1})), "nothing is lost"),
        (
            replace(TRUE, people=person(counters={"Read Page": 4, "Buy Ticket": 1})),
            "nothing is counted twice",
        ),
        (replace(TRUE, people=person(traits={"plan": "free"})), "profiles are true"),
        (replace(TRUE, people=person(due_at=minutes(1))), "timers come"),
        (replace(TRUE, people=person(outbox=20_000)), "nothing grows without bound"),
        (replace(TRUE, leads_to={}), "nothing is lost"),
        (replace(TRUE, timelines={}), "nothing is lost"),
        (replace(TRUE, taken=(*TRUE.taken, *TRUE.taken)), "at most one message"),
        (replace(TRUE, taken=(TRUE.taken[0]._replace(text="[c1 m1]"),)), "no message unasked"),
        (replace(TRUE, logged=()), "every trigger has an outcome"),
        (replace(TRUE, logged=(LoggedMessage("c1", "m4", "waiting", None),)), "every trigger has an outcome"),
        (replace(TRUE, taken=()), "sent is sent"),
        (replace(TRUE, put_aside=(("ProcessDeadLetters", "m4"),)), "nothing sound is put aside"),
        (replace(TRUE, waiting=("shard 1",)), "everything moves again"),
        (replace(TRUE, largest={"profiles": 70_000}), "nothing grows without bound"),
        (replace(TRUE, unbalanced=("1 missing",)), "the ledger balances"),
        (replace(TRUE, attempts=(attempt(0, 400), *TRUE.attempts[1:])), "sound events are accepted"),
        (replace(TRUE, attempts=(attempt(0, 503), *TRUE.attempts[1:])), "clients are answered"),
    ],
)
def test_each_broken_promise_is_named(observed: Observed, promise: str) -> None:
    assert promise in broken(observed)


AGREED = replace(
    HISTORY,
    requests=(
        request(
            0,
            said("m1", traits={**EMAIL, "consents": {"email": True}}),
            said("m2", traits={"plan": "gold"}),
        ),
        *HISTORY.requests[1:],
    ),
    workspace=Workspace(
        campaigns=(WELCOME.model_copy(update={"expires_minutes": 10}),),
        events=(EventDefinition(id="Buy Ticket", name="Buy Ticket", forward=True),),
    ),
)
"""`p1` has said where emails go to, before anything that asks for one."""

SAID = row("s-sent", 6, "Notification Sent")._replace(source="headrace", said=None, message="id4")

HEARD = replace(
    TRUE,
    people=person(
        spans={"Buy Ticket": (minutes(2), minutes(2)), "Read Page": (NOON, minutes(1))},
    ),
    rows=(*TRUE.rows, SAID),
    logged=(LoggedMessage("c1", "m4", "sent", None, "id4", minutes(2), minutes(3)),),
    forwarded=frozenset({"m4"}),
)


def sent(**fields: object) -> Observed:
    return replace(HEARD, taken=(HEARD.taken[0]._replace(**fields),))  # type: ignore[arg-type]


def log(status: str, reason: str | None) -> Observed:
    message = HEARD.logged[0]._replace(status=status, reason=reason)
    return replace(HEARD, taken=(), logged=(message,), rows=HEARD.rows[:-1])


def rows(number: int, **fields: object) -> Observed:
    changed = [*HEARD.rows]
    changed[number] = changed[number]._replace(**fields)  # type: ignore[arg-type]
    return replace(HEARD, rows=tuple(changed))


def test_of_what_is_kept_as_it_was_said_there_is_nothing_to_say() -> None:
    assert findings(AGREED, HEARD) == []
    assert findings(AGREED, log("uncertain", "outcome_unknown")) == []
    assert findings(AGREED, log("failed", "provider_unavailable")) == []


@pytest.mark.parametrize(
    ("observed", "promise"),
    [
        (sent(to="thief@x.example"), "no message to anybody else"),
        (sent(at=minutes(14)), "no message too late"),
        (log("skipped", "no_address"), "no message held back"),
        (log("skipped", "consent_not_given"), "no message held back"),
        (log("expired", "waited_too_long"), "no message held back"),
        (replace(HEARD, rows=HEARD.rows[:-1]), "what is sent is said"),
        (replace(log("skipped", "no_address"), rows=HEARD.rows), "what is sent is said"),
        (replace(HEARD, forwarded=frozenset()), "events are forwarded"),
        (rows(0, occurred_at="2026-11-21 11:59:00.000"), "the lake is true"),
        (rows(0, user_id=None), "the lake is true"),
        (replace(HEARD, people=person(spans={"Buy Ticket": (NOON, minutes(2))})), "profiles are true"),
        (replace(HEARD, people=person(spans={"Buy Ticket": (minutes(2), minutes(9))})), "profiles are true"),
    ],
)
def test_what_is_sent_to_others_or_kept_otherwise_is_named(observed: Observed, promise: str) -> None:
    assert promise in broken(observed, AGREED)


@pytest.mark.parametrize(("at_least", "told"), [(3, True), (4, False)])
def test_whether_somebody_has_done_something_often_enough_is_known_of_one_key(
    at_least: int, told: bool
) -> None:
    counting = WELCOME.model_copy(update={"where": {"counter": "Read Page", "at_least": at_least}})
    history = replace(HISTORY, workspace=Workspace(campaigns=(counting,)))
    assert broken(TRUE, history) == (set() if told else {"no message unasked"})
    unasked = replace(TRUE, taken=(), logged=())
    assert broken(unasked, history) == ({"every trigger has an outcome"} if told else set())


def test_a_session_has_the_events_that_the_lake_has() -> None:
    ours = [one._replace(in_session="s1", occurred_at=f"2026-11-21 12:0{number}:00.000", received_at="2026-11-21 12:30")
            for number, one in enumerate(TRUE.rows)]  # fmt: skip
    started, concluded = ENDED
    for events, length, told in (
        ("4", "180.0", set()),
        ("3", "180.0", {"sessions are true"}),
        ("4", "60.0", {"sessions are true"}),
    ):
        ended = concluded._replace(events=events, length=length)
        assert broken(replace(TRUE, rows=(*ours, started, ended))) - {"the lake is true"} == told


def test_a_session_that_is_concluded_has_the_messages_that_are_asked_for() -> None:
    asking = WELCOME.model_copy(update={"id": "c2", "event": "Session Concluded"})
    history = replace(HISTORY, workspace=Workspace(campaigns=(WELCOME, asking)))
    began, ended = (
        one._replace(occurred_at="2026-11-21 12:30", received_at="2026-11-21 12:30") for one in ENDED
    )
    concluded = replace(TRUE, rows=(*TRUE.rows, began, ended))
    assert broken(concluded, history) == {"every trigger has an outcome"}
    logged = (*TRUE.logged, LoggedMessage("c2", ended.event_id, "skipped", "no_address"))
    assert broken(replace(concluded, logged=logged), history) == set()
    late = ended._replace(received_at="2026-11-22 13:30")
    assert broken(replace(TRUE, rows=(*TRUE.rows, began, late)), history) == {"timers first"}


def test_an_event_whose_request_was_never_answered_may_be_there_or_not() -> None:
    unknown = replace(TRUE, attempts=(attempt(0), attempt(1), attempt(2, None)))
    assert broken(unknown) == {"clients are answered"}
    without = replace(
        unknown, rows=TRUE.rows[:3], people=person(counters={"Read Page": 3}), taken=(), logged=()
    )
    assert broken(without) == {"clients are answered"}


def test_what_a_dead_letter_has_is_not_lost() -> None:
    aside = replace(
        TRUE,
        rows=TRUE.rows[:3],
        people=person(counters={"Read Page": 3}),
        put_aside=(("send", '{"id": "m4"}'),),
        taken=(),
        logged=(),
    )
    assert broken(aside) == set()


def test_what_the_archive_put_aside_is_not_lost_to_the_lake_but_must_have_been_folded() -> None:
    unarchived = replace(TRUE, rows=TRUE.rows[:3], put_aside=(("ArchiveBatchesDeadLetters", "m4"),))
    assert broken(unarchived) == set()
    assert "nothing is lost" in broken(replace(unarchived, people=person(counters={"Read Page": 3})))


def test_which_id_an_event_was_given_is_not_known_where_its_row_waits_for_the_lake() -> None:
    """Seed 240: of a client that gives none, while Firehose was away."""
    nameless = replace(HISTORY.requests[2].said[0], has_id=False)
    history = replace(
        HISTORY, requests=(*HISTORY.requests[:2], replace(HISTORY.requests[2], said=(nameless,)))
    )
    logged = (TRUE.logged[0]._replace(event_id="given"),)
    unarchived = replace(
        TRUE, rows=TRUE.rows[:3], logged=logged, put_aside=(("ArchiveBatchesDeadLetters", "m4"),)
    )
    assert broken(unarchived, history) == set()
    assert "every trigger has an outcome" in broken(replace(unarchived, put_aside=()), history)


def test_of_two_words_on_a_trait_that_may_have_come_in_either_order_both_are_true() -> None:
    requests = list(HISTORY.requests)
    for number, event in ((0, "free"), (1, "gold")):
        told = replace(requests[number].said[0], at=None, traits={"plan": event})
        requests[number] = replace(requests[number], said=(told, *requests[number].said[1:]))
    history = replace(HISTORY, requests=tuple(requests))
    slow = replace(TRUE, attempts=(attempt(0)._replace(until=minutes(2)), *TRUE.attempts[1:]))
    assert broken(replace(slow, people=person(traits={"plan": "free"})), history) == set()
    assert broken(replace(TRUE, people=person(traits={"plan": "free"})), history) == {"profiles are true"}


def test_what_a_wrong_clock_may_have_refused_first_may_stand_behind_its_neighbour() -> None:
    """Seed 1198: a request that is sent again finds one event stored, the other refused as too far ahead."""
    swapped = replace(TRUE, rows=(row("m1", 2), row("m2", 1), *TRUE.rows[2:]))
    assert broken(swapped) == {"order per person"}
    requests = list(HISTORY.requests)
    ahead = replace(requests[0].said[0], ahead=timedelta(hours=5))
    history = replace(
        HISTORY, requests=(replace(requests[0], said=(ahead, requests[0].said[1])), *requests[1:])
    )
    promises = {one.promise for one in findings(history, swapped, timedelta(days=1))}
    assert "order per person" not in promises


def test_what_is_corrected_only_if_it_comes_late_need_not_ask_for_a_message() -> None:
    """Seed 867: its client's clock is a day and some minutes ahead, and its request waited for an outage to end."""
    requests = list(HISTORY.requests)
    doubtful = replace(requests[2].said[0], earlier=timedelta(hours=24.2))
    unasked = replace(TRUE, taken=(), logged=())
    assert "every trigger has an outcome" in broken(unasked)
    history = replace(HISTORY, requests=(*requests[:2], replace(requests[2], said=(doubtful,))))
    assert broken(unasked, history) == set()


@pytest.mark.parametrize(
    ("protocol", "status", "body", "kept"),
    [
        ("twilio_segment", 200, b'{"rejected": [{"index": 1}]}', (True, False)),
        ("clevertap", 200, b'{"unprocessed": [{"error": "no. Skipped record number : 1"}]}', (False, True)),
        ("mparticle", 202, b"", (True, True)),
        ("snowplow", 200, b"ok", (True, True)),
        ("posthog", 400, b"{}", (False, False)),
        ("posthog", 503, b"{}", None),
        ("posthog", 429, b"{}", None),
        ("posthog", None, b"", None),
    ],
)
def test_answers_are_read_in_the_protocols_own_way(
    protocol: str, status: int | None, body: bytes, kept: tuple[bool, ...] | None
) -> None:
    assert accepted(protocol, status, body, 2) == kept
