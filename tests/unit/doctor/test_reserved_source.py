"""The doctor's source: its key is there whatever is applied, and what it sends goes every event's way unseen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest

from shared import doctor
from shared.authoring.keys import keyed
from shared.bus_entries import EventBatch
from shared.events import DOCTOR
from shared.messaging.messages import Status
from shared.own_events import NOTIFICATION_SENT
from shared.records import Trust
from shared.stored.current_workspace import built_in
from shared.workspace.model import Campaign, EventDefinition, Settings, Template, Workspace
from shared.workspace.snapshot import decode, encode
from tests.fakes.archived import archived
from tests.fakes.collect_server import serving
from tests.fakes.collect_stage import SHOP, STRICT, Stage, basic
from tests.fakes.folding import NOON, Person, did
from tests.fakes.lake import FakeLake
from tests.fakes.pinpoint_shop import client
from tests.fakes.process_stage import Stage as ProcessStage
from tests.fakes.process_stage import event as sent
from tests.fakes.send_stage import SHOP as SENDING_SHOP
from tests.fakes.send_stage import SendStage

SECRET = {"default_write_key": "hr_default"}


def made_of(secret: dict[str, Any]) -> doctor.Keys:
    keys = doctor.keys(secret)
    assert keys is not None
    return keys


KEYS = made_of(SECRET)

EAGER = Workspace(
    events=(EventDefinition(id="Headrace Doctor", name="Theirs", forward=True),),
    campaigns=tuple(
        Campaign(id=f"c{number}", name="eager", event=event, channel="email", template="t")
        for number, event in enumerate(
            (
                "Headrace Doctor",
                doctor.MESSAGE_ASKED,
                "Session Started",
                "Session Concluded",
                "UTM Visited",
                "identify",
                NOTIFICATION_SENT,
            )
        )
    ),
    templates=(Template(id="t", channel="email", parts={"subject": "s", "text": "t"}),),
    settings=Settings(person_events_per_day=1, timeline_days=90, rejected_days=30),
)
"""A workspace with a campaign for whatever the doctor's events could be or cause."""

UTM = {"campaign": {"source": "s", "name": "n"}, "app": {"name": "a", "version": "1"}, "device": {"id": "d"}}


def stage(workspace: Workspace | None = SHOP) -> Stage:
    if workspace is not None:
        workspace = workspace.model_copy(update={"doctor": doctor.source(SECRET)})
    return Stage(workspace)


def probe(name: str = "Headrace Doctor", **fields: Any) -> Any:
    made: dict[str, Any] = {"user_id": doctor.PERSON, "source": DOCTOR, "context": UTM}
    return did(name, **{**made, **fields})


# its key


@pytest.mark.parametrize("workspace", [None, SHOP], ids=["fresh stack", "applied workspace"])
def test_the_key_is_known_before_and_after_a_workspace_is_applied(workspace: Workspace | None) -> None:
    collect = stage(workspace)
    answer = collect.post("/v1/track", {"event": "Headrace Doctor", "userId": DOCTOR}, key=KEYS.write_key)
    assert answer.status == 200
    assert [(event.source, event.name) for event in collect.events] == [(DOCTOR, "Headrace Doctor")]


def test_whatever_is_applied_has_the_source_and_none_that_people_see() -> None:
    made = keyed(Workspace(), SECRET, {}, lambda count: bytes(count))
    assert made.workspace.doctor == doctor.source(SECRET) == built_in(Workspace(), SECRET).doctor
    assert (made.workspace.sources, made.write_keys, made.keys["sources"]) == ((), {}, {})
    assert decode(encode(made.workspace), 0) == made.workspace


def test_applying_again_makes_the_same_keys_and_another_stack_has_others() -> None:
    assert doctor.keys(SECRET) == KEYS
    others = made_of({"default_write_key": "hr_other"})
    assert not set(others) & set(KEYS)


@pytest.mark.parametrize("secret", [{}, {"default_write_key": ""}, {"default_write_key": 5}])
def test_a_secret_without_a_key_makes_no_source(secret: dict[str, Any]) -> None:
    assert doctor.keys(secret) is None
    assert doctor.source(secret) is None


def test_a_client_of_another_source_does_not_become_the_doctor_by_what_it_says() -> None:
    collect = stage()
    said = {"source": DOCTOR, "writeKey": DOCTOR, "context": {"source": DOCTOR}, "userId": DOCTOR}
    collect.post("/v1/track", {"event": "View Item", **said}, {"x-source": DOCTOR}, key=STRICT)
    assert [event.source for event in collect.events] == ["strict"]


def test_the_key_pair_signs_for_it_and_reads_nobody() -> None:
    collect = stage()
    with serving(collect) as server:
        pinpoint = client(server.url, KEYS.access_key_id, KEYS.secret_access_key)
        pinpoint.update_endpoint(
            ApplicationId="a", EndpointId=DOCTOR, EndpointRequest={"User": {"UserId": DOCTOR}}
        )
        with pytest.raises(pinpoint.exceptions.ForbiddenException, match="public"):
            pinpoint.get_user_endpoints(ApplicationId="a", UserId="u1")
    assert [event.source for event in collect.events] == [DOCTOR]


# the fold


def test_no_campaign_route_or_session_sees_its_events() -> None:
    person = Person(EAGER, f"user:{doctor.PERSON}")
    outcome = person.does(
        probe(), probe("identify", type="identify", traits={"plan": "gold"}), probe("page", type="page")
    )
    decisions = outcome.decisions
    assert (decisions.requests, decisions.forwarded, decisions.derived, outcome.due_at) == ((), (), (), None)
    assert decisions.refused == ()
    assert person.profile.states.counters.events["Headrace Doctor"].count == 1
    assert person.profile.states.traits.values == {"plan": "gold"}


def test_the_same_events_of_another_source_are_seen() -> None:
    person = Person(EAGER.model_copy(update={"settings": Settings()}))
    outcome = person.does(did("Headrace Doctor", context=UTM))
    asked = {request.campaign for request in outcome.decisions.requests}
    assert {"c0", "c2", "c4"} <= asked
    assert outcome.decisions.forwarded == (0,)


def test_its_events_count_against_no_limit_of_the_workspace() -> None:
    person = Person(EAGER, f"user:{doctor.PERSON}")
    assert person.does(*(probe() for _ in range(50))).decisions.unfolded == ()


def test_what_comes_again_is_recognised() -> None:
    person, once = Person(EAGER, f"user:{doctor.PERSON}"), probe(doctor.MESSAGE_ASKED)
    first, again = person.does(once), person.does(once)
    assert [len(outcome.decisions.requests) for outcome in (first, again)] == [1, 0]
    assert again.decisions.duplicates == (0,)


@pytest.mark.parametrize(
    "named",
    [
        {"user_id": "u1"},
        {"anonymous_id": "a1"},
        {"other_ids": {"email": "ann@shop.example"}},
        {"user_id": "u1", "anonymous_id": DOCTOR},
        {"type": "alias", "previous_id": "u1"},
    ],
    ids=str,
)
def test_it_may_name_nobody_but_its_own_people(named: dict[str, Any]) -> None:
    person = Person(EAGER, f"user:{doctor.PERSON}")
    outcome = person.does(probe(doctor.MESSAGE_ASKED, traits={"consents": {"email": False}}, **named))
    assert [refusal.code for refusal in outcome.decisions.refused] == ["not_trusted"]
    assert (outcome.joined, outcome.decisions.requests) == ((), ())
    assert person.profile.states.consents.channels == {}


def test_it_asks_for_its_own_message_and_only_while_somebody_waits_for_it() -> None:
    person = Person(EAGER, f"user:{doctor.PERSON}")
    now = person.does(probe(doctor.MESSAGE_ASKED)).decisions.requests
    late = person.does(probe(doctor.MESSAGE_ASKED), now=NOON + timedelta(hours=1, seconds=1))
    assert [(request.campaign, request.channel) for request in now] == [(DOCTOR, "email")]
    assert late.decisions.requests == ()


def test_nobody_else_can_ask_for_it() -> None:
    outcome = Person(Workspace()).does(did(doctor.MESSAGE_ASKED))
    assert outcome.decisions.requests == ()


@pytest.mark.parametrize(
    "named",
    [
        {"user_id": DOCTOR},
        {"user_id": f"{DOCTOR}-a"},
        {"user_id": "u1", "anonymous_id": DOCTOR},
        {"user_id": "u1", "other_ids": {"device": f"{DOCTOR}-d"}},
        {"user_id": "u1", "type": "alias", "previous_id": DOCTOR},
        {"user_id": "u1", "type": "alias", "previous_id": f"{DOCTOR}-a"},
    ],
    ids=str,
)
@pytest.mark.parametrize("trust", ["server", "browser"])
def test_nobody_else_may_name_its_people(named: dict[str, Any], trust: Trust) -> None:
    person = Person(Workspace())
    outcome = person.does(did(traits={"plan": "gold"}, **named), trust=trust)
    assert [refusal.code for refusal in outcome.decisions.refused] == ["not_trusted"]
    assert (outcome.joined, person.profile.states.traits.values) == ((), {})
    assert person.profile.states.counters.events == {}


def test_its_message_needs_no_consent_for_the_simulator_is_nobody() -> None:
    """To withdraw is always allowed, to anybody with a public key."""
    send = SendStage("email")
    send.person(f"user:{doctor.PERSON}", email=doctor.MAILBOX, consents={"email": False})
    asked(send)
    send.invoke()
    assert send.logged.status == Status.SENT


def test_an_id_that_only_contains_it_is_anybodys() -> None:
    person = Person(Workspace())
    assert person.does(did(user_id=f"not-{DOCTOR}")).decisions.refused == ()


# what is announced and stored


def test_a_hundred_runs_are_one_profile_and_their_timeline_is_gone_after_a_day() -> None:
    process = ProcessStage(EAGER)
    for run in range(100):
        at = NOON + timedelta(minutes=run)
        process.deliver(
            process.record(
                sent("Headrace Doctor", user=doctor.PERSON, anonymous=f"{DOCTOR}-a", at=at), source=DOCTOR
            )
        )
    assert set(process.profiles._items) == {f"user:{doctor.PERSON}", f"anonymous:{DOCTOR}-a"}
    assert process.counted(f"user:{doctor.PERSON}", "Headrace Doctor") == 100
    kept = {chunk.expires_at - int(NOON.timestamp()) for chunk in process.timeline.chunks.values()}
    assert max(kept) <= 86_400 + 100 * 60


def test_its_rows_reach_the_archive_with_its_source_and_nothing_else_is_on_the_bus() -> None:
    process = ProcessStage(EAGER)
    process.deliver(process.record(sent("Headrace Doctor", user=doctor.PERSON), source=DOCTOR))
    [batch] = process.bus.entries
    assert isinstance(batch, EventBatch)
    assert [row.event.source for row in batch.unpacked()] == [DOCTOR]


def test_what_it_was_refused_is_kept_for_a_day() -> None:
    process = ProcessStage(EAGER)
    process.deliver(process.record(sent("Headrace Doctor", user="u1"), source=DOCTOR))
    [kept] = process.rejected.requests.values()
    assert kept.expires_at - int(kept.received_at.timestamp()) == 86_400


def test_what_collect_refused_it_is_kept_for_a_day_and_in_no_list() -> None:
    collect = stage()
    collect.post("/v1/track", b"{not json", key=KEYS.write_key)
    collect.post("/v1/track", b"{not json", key=STRICT)
    assert {kept.source: kept.expires_at - int(kept.received_at.timestamp()) for kept in collect.kept} == {
        DOCTOR: 86_400,
        "strict": 30 * 86_400,
    }
    assert [one.source for one in collect.rejected.latest(10, NOON - timedelta(days=1))] == ["strict"]


def test_the_view_shows_none_of_its_events_and_the_table_all() -> None:
    lake = FakeLake()
    try:
        lake.add(archived("e1", source=DOCTOR), dt="2026-11-21")
        lake.add(archived("e1"), dt="2026-11-21")
        assert lake.ask("select source from events") == [{"source": "shop"}]
        assert lake.ask("select count(*) as rows_there from events_raw") == [{"rows_there": 2}]
    finally:
        lake.close()


# the message


def asked(send: SendStage, *, source: str = DOCTOR, campaign: str = DOCTOR) -> None:
    request = send.queue(f"user:{doctor.PERSON}", campaign=campaign, run="r1")
    send.waiting.clear()
    event = request.event.model_copy(update={"source": source, "user_id": doctor.PERSON})
    detail = request.model_copy(update={"event": event}).model_dump(mode="json", exclude_defaults=True)
    send.queue_body(orjson.dumps({"detail-type": "Message Requested", "detail": detail}).decode())


def test_its_message_goes_to_the_simulator_though_the_workspace_has_no_such_campaign() -> None:
    send = SendStage("email")
    send.person(f"user:{doctor.PERSON}", email=doctor.MAILBOX)
    asked(send)
    send.invoke()
    assert (send.logged.status, send.logged.to) == (Status.SENT, doctor.MAILBOX)
    [email] = send.email.sent
    assert email.sender == SENDING_SHOP.settings.email.sender
    assert email.text is not None
    assert "r1" not in email.text  # what the event says is in no message


def test_its_message_goes_to_nobody_else_whatever_address_its_events_give_the_person() -> None:
    send = SendStage("email")
    send.person(f"user:{doctor.PERSON}", email="ann@shop.example")
    asked(send)
    send.invoke()
    assert (send.logged.status, send.logged.reason) == (Status.FAILED, "address_not_valid")
    assert send.email.sent == []


def test_that_it_was_sent_is_said_as_the_doctors_for_campaigns_may_wait_for_that() -> None:
    send = SendStage("email")
    send.person(f"user:{doctor.PERSON}", email=doctor.MAILBOX)
    asked(send)
    send.invoke()
    [said] = send.said.values()
    assert (said.name, said.source) == (NOTIFICATION_SENT, DOCTOR)
    person = Person(EAGER, f"user:{doctor.PERSON}")
    assert person.does(said).decisions.requests == ()


def test_the_doctors_campaign_sends_for_no_other_source() -> None:
    send = SendStage("email")
    send.person(f"user:{doctor.PERSON}", email="ann@shop.example")
    asked(send, source="shop")
    send.invoke()
    assert (send.logged.status, send.logged.reason) == (Status.SKIPPED, "campaign_gone")
    assert send.email.sent == []


def test_its_key_is_kept_with_nothing_that_was_refused() -> None:
    collect = stage()
    collect.post(
        "/v1/track",
        b'{"writeKey": "' + KEYS.write_key.encode() + b'", not json',
        {"authorization": basic(f"{KEYS.write_key}:")},
        key=None,
    )
    [kept] = collect.kept
    assert KEYS.write_key not in str(kept.items[0].body)
