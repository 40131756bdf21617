"""The event that `headrace send` makes of its options."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import source_keys
from cli.collect_client import Answer
from cli.commands import send
from cli.main import typed
from cli.problem import Problem
from cli.sending.event import Call, composed, named
from cli.sending.verdict import not_in_the_plan
from cli.stacks import Stack
from shared.workspace.model import EventDefinition, Workspace

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def event(call: Call, name: str | None = None, **given: dict[str, Any]) -> dict[str, Any]:
    parts: dict[str, dict[str, Any]] = {"properties": {}, "traits": {}, "context": {}}
    return composed(call, name, ids={"userId": "u1"}, other_ids={}, at=NOON, **{**parts, **given})


def test_a_track_has_its_name_and_properties() -> None:
    made = event(Call.TRACK, "Complete Purchase", properties={"amount": 1500})

    assert made == {
        "event": "Complete Purchase",
        "userId": "u1",
        "properties": {"amount": 1500},
        "timestamp": "2026-11-21T12:00:00.000Z",
        "sentAt": "2026-11-21T12:00:00.000Z",
    }


@pytest.mark.parametrize(
    ("call", "field"), [(Call.PAGE, "name"), (Call.SCREEN, "name"), (Call.GROUP, "groupId")]
)
def test_a_name_goes_where_the_call_has_it(call: Call, field: str) -> None:
    assert event(call, "Home")[field] == "Home"


def test_a_track_without_a_name_is_refused() -> None:
    with pytest.raises(Problem, match="Name the event"):
        event(Call.TRACK)


def test_an_event_of_nobody_is_refused() -> None:
    with pytest.raises(Problem, match="Name the person"):
        composed(
            Call.TRACK,
            "Login",
            ids={"messageId": "m"},
            other_ids={},
            properties={},
            traits={},
            context={},
            at=NOON,
        )


def test_an_address_names_somebody_as_segments_external_ids_do() -> None:
    made = composed(
        Call.TRACK, "Login", ids={}, other_ids={"email": "ana@shop.example"}, properties={}, traits={},
        context={"locale": "tr"}, at=NOON,
    )  # fmt: skip

    assert "userId" not in made
    assert made["context"] == {
        "locale": "tr",
        "externalIds": [
            {"id": "ana@shop.example", "type": "email", "collection": "users", "encoding": "none"}
        ],
    }


def test_nothing_at_all_asks_for_the_event_first() -> None:
    result = CliRunner().invoke(typed, ["send"])

    assert isinstance(result.exception, Problem)
    assert str(result.exception) == "Name the event, and whose"
    assert "headrace send 'View Item' --user u1" in result.exception.advice


@pytest.mark.parametrize("call", [*Call, "Identify"])
def test_a_type_in_the_place_of_a_name_is_told_how_to_be_one(call: str) -> None:
    result = CliRunner().invoke(typed, ["send", call, "--user", "u1"])

    assert isinstance(result.exception, Problem)
    assert f"headrace send --type {call.lower()} " in result.exception.advice
    assert f"headrace send {call} --type track" in result.exception.advice


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    """A collect that refuses what comes, answering as it does; a test says with which id."""
    monkeypatch.setattr(Stack, "load", lambda stage=None: Stack(stage or "local", "http://127.0.0.1:9", {}))
    monkeypatch.setattr(send, "write_key", lambda *_: "k")

    def answering(id_: object) -> None:
        reason = {"code": "unknown_event", "field": "event", "message": "no event [View]"}
        body = {"code": "unknown_event", "rejected": [{"index": 0, "id": id_, "reasons": [reason]}]}
        monkeypatch.setattr(send, "post", lambda *_: Answer(400, body))

    return answering


@pytest.mark.parametrize(
    ("id_", "said", "command"),
    [
        ("0a1b", "✗ rejected: item 0, message id 0a1b", "headrace rejected show 0a1b"),
        ("a b'; rm", "✗ rejected: item 0, message id a b'; rm", "headrace rejected list"),
        (None, "✗ rejected: item 0", "headrace rejected list"),
    ],
)
def test_what_is_rejected_has_its_id_and_is_said_to_be_kept(
    id_: object, said: str, command: str, refusing: Callable[[object], None]
) -> None:
    refusing(id_)
    result = CliRunner().invoke(typed, ["send", "View", "--user", "u1"])

    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines == [
        said,
        "    unknown_event  no event [View]",
        f"Kept for a replay: {command}",
    ]
    assert (
        CliRunner()
        .invoke(typed, ["send", "View", "--user", "u1", "--stage", "prod"])
        .stdout.endswith(f"{command} --stage prod\n")
    )


def test_other_ids_are_text_whatever_they_look_like() -> None:
    assert named(["infobip=4711", "device=a=b"]) == {"infobip": "4711", "device": "a=b"}


@pytest.mark.parametrize("typed", ["infobip", "infobip=", "user=u1", "anonymous=a1", "Big=1", "=1"])
def test_what_is_no_other_id_is_refused(typed: str) -> None:
    with pytest.raises(Problem, match="kind=value"):
        named([typed])


TAKEN = {"accepted": 1, "rejected": []}


@pytest.fixture
def accepting(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, Any]], list[Any]]:
    """A collect that takes what comes, answering as it does; of a plan with one event. The documents it got."""
    monkeypatch.setattr(Stack, "load", lambda stage=None: Stack(stage or "local", "http://127.0.0.1:9", {}))
    monkeypatch.setattr(send, "write_key", lambda *_: "k")
    plan = Workspace(events=(EventDefinition(id="Order Cake", name="Order"),))
    monkeypatch.setattr(source_keys, "read", lambda _: (plan, {}))

    def answering(body: dict[str, Any]) -> list[Any]:
        got: list[Any] = []

        def post(*sent: Any) -> Answer:
            got.append(sent[-1])
            return Answer(200, body)

        monkeypatch.setattr(send, "post", post)
        return got

    return answering


@pytest.mark.parametrize(
    ("event", "observed", "said"),
    [
        ("Order Cake", {}, "✓ 1 accepted"),
        ("Order cake", {"unknown_event": 1},
         "✓ 1 accepted; not in the plan: Order cake, did you mean Order Cake?"),
        ("Zzz", {"unknown_event": 1}, "✓ 1 accepted; not in the plan: Zzz"),
        ("Order Cake", {"unknown_property": 2}, "✓ 1 accepted; unknown_property (2)"),
        ("Zzz", {"unknown_event": 1, "text_repaired": 1},
         "✓ 1 accepted; not in the plan: Zzz; text_repaired (1)"),
    ],
)  # fmt: skip
def test_what_is_taken_beside_the_plan_is_said(
    event: str, observed: dict[str, int], said: str, accepting: Callable[[dict[str, Any]], list[Any]]
) -> None:
    accepting({**TAKEN, **({"observed": observed} if observed else {})})
    result = CliRunner().invoke(typed, ["send", event, "--user", "u1"])

    assert (result.exit_code, result.stdout) == (0, f"{said}\n")


def test_of_a_file_a_few_names_that_are_not_in_the_plan_are_said_once_each() -> None:
    batch = {"batch": [{"event": name} for name in ["B", "A", "Order cake", "Order Cake", "A", 5, None]]}

    assert not_in_the_plan(batch, ["Order Cake"]) == "B, A, Order cake, did you mean Order Cake?"
    assert (
        not_in_the_plan({"batch": [{"event": f"E {n}"} for n in range(9)]}, []) == "E 0, E 1, E 2, E 3, E 4"
    )


def test_a_consent_with_a_dot_is_no_trait_of_that_name(
    accepting: Callable[[dict[str, Any]], list[Any]],
) -> None:
    got = accepting(TAKEN)
    runner = CliRunner()
    refused = runner.invoke(typed, ["send", "--user", "u1", "-t", "consents.sms=true"])
    as_advised = runner.invoke(typed, ["send", "--user", "u1", "-t", 'consents={"sms":true}'])
    other = runner.invoke(typed, ["send", "--user", "u1", "-t", "consent.sms=true"])

    assert isinstance(refused.exception, Problem)
    assert refused.exception.advice == """The consent: -t 'consents={"sms":true}'"""
    assert (as_advised.exit_code, other.exit_code) == (0, 0)
    assert [document["traits"] for document in got] == [{"consents": {"sms": True}}, {"consent.sms": True}]


def test_a_property_without_its_option_is_told_the_option(
    accepting: Callable[[dict[str, Any]], list[Any]],
) -> None:
    got = accepting(TAKEN)
    runner = CliRunner()
    pair = runner.invoke(typed, ["send", "Order Cake", "--user", "u2", "cake=lemon", "size=very big"])
    words = runner.invoke(typed, ["send", "Order", "Cake", "--user", "u2"])

    assert got == []
    assert isinstance(pair.exception, Problem)
    assert "-p cake=lemon -p 'size=very big'" in str(pair.exception.advice)
    assert isinstance(words.exception, Problem)
    assert "in quotes" in str(words.exception.advice)
