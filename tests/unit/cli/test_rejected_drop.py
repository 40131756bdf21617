"""`headrace rejected drop`, and what `replay --all` makes of what is left: the command on the code of its function."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.commands import rejected as verb
from cli.main import typed
from cli.problem import Problem
from cli.rejected import events
from cli.stacks import Stack
from functions.collect.auth.source_secrets import SourceSecrets
from functions.collect.replay.dropping import Drop
from functions.collect.replay.replay import Replay
from shared.plan.reasons import Code
from shared.rejected import RejectedItem, RejectedReason, RejectedRequest
from shared.stored.current_workspace import CurrentWorkspace
from shared.workspace.model import Source, Workspace
from shared.workspace.write_keys import key_hash
from simulation.ports.faults import Faults
from simulation.ports.rejected import FakeRejected
from simulation.ports.secrets import FakeSecrets
from simulation.ports.stream import FakeStream
from simulation.ports.workspaces import FakeWorkspaces

NOW = datetime.now(UTC).replace(microsecond=0)
SHOP = Source(id="shop", name="Shop", trust="server", policy="lenient", key_hashes=(key_hash("k"),))


def request_id(number: int) -> str:
    digits = f"{int((NOW - timedelta(hours=number)).timestamp() * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}-7000-8000-{number:012}"


def kept(number: int, source: str, body: bytes) -> RejectedRequest:
    reason = RejectedReason(code=Code.UNKNOWN_EVENT, field="event", message="no such event")
    item = RejectedItem(
        index=0, event_id=f"message-{number}", name="Old", user_id="u1", reasons=(reason,), body=body
    )
    return RejectedRequest(
        request=request_id(number), source=source, protocol="twilio_segment", trust="server", received_at=NOW,
        common=b'{"call":"track","shared":{},"is_retry":false,"is_browser":false,"ip":null,"user_agent":null}',
        path="/v1/track", expires_at=2_000_000_000, items=(item,),
    )  # fmt: skip


GOOD = b'{"type":"track","event":"Old","userId":"u1"}'


@pytest.fixture
def rejected(monkeypatch: pytest.MonkeyPatch) -> FakeRejected:
    """Two events of a source that is gone, and one that is valid by now."""
    fake = FakeRejected()
    fake.put([kept(1, "gone", GOOD), kept(2, "shop", GOOD), kept(3, "gone", GOOD)])
    workspaces = FakeWorkspaces(Workspace(sources=(SHOP,)))
    ticks = iter(range(0, 10_000, 2))
    workspace = CurrentWorkspace(workspaces, FakeSecrets({}), lambda: float(next(ticks)))
    secrets = SourceSecrets(FakeSecrets({}), lambda: 0.0)
    replay = Replay(
        workspace=workspace, stream=FakeStream(Faults()), rejected=fake, secrets=secrets, clock=lambda: NOW
    )
    drop = Drop(fake, lambda: NOW)

    def invoke(_: str, payload: dict[str, Any]) -> Any:
        if "drop" in payload:
            return {"events": drop(payload["drop"], by=payload["by"])}
        return {"events": replay.events(payload["events"])}

    monkeypatch.setattr(events, "invoke", invoke)
    for module in (events, verb):
        monkeypatch.setattr(module, "store", lambda _: fake)
    monkeypatch.setattr(events, "days_kept", lambda _: 30)
    monkeypatch.setattr(
        Stack, "load", lambda stage=None: Stack(stage or "local", "", {"ReplayFunction": "f"})
    )
    monkeypatch.setattr(verb, "who", lambda: "ann")
    return fake


def run(*arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(typed, ["rejected", *arguments], input=answer)


def waiting(rejected: FakeRejected) -> list[str]:
    return [one.event_id or "" for one in rejected.latest(10, NOW - timedelta(days=2))]


def test_when_what_is_of_a_source_that_is_gone_is_dropped_a_replay_of_all_ends_well(
    rejected: FakeRejected,
) -> None:
    before = run("replay", "--all")
    assert before.exit_code == 1
    assert "headrace rejected drop --source gone" in before.stdout

    dropped = run("drop", "--source", "gone", "--yes")
    assert (dropped.exit_code, dropped.stdout.splitlines()[-1]) == (0, "2 dropped")

    after = run("replay", "--all")
    assert (after.exit_code, after.stdout) == (0, "Nothing to replay.\n")
    assert waiting(rejected) == ["message-2"]
    assert run("drop", "--source", "gone", "--yes").stdout == "Nothing to drop.\n"


def test_what_was_dropped_is_shown_when_asked_for_with_who_did_it(rejected: FakeRejected) -> None:
    run("drop", "message-1", "--yes")

    assert "message-1" not in run("list", "--json").stdout
    assert "dropped by ann" in run("list", "--dropped").stdout
    assert f"dropped {NOW:%Y-%m-%d %H:%M:%S} by ann" in run("show", "message-1").stdout


def test_what_was_dropped_by_mistake_is_brought_in_by_its_id(rejected: FakeRejected) -> None:
    run("drop", "message-2", "--yes")
    again = run("replay", "message-2")

    assert (again.exit_code, again.stdout.splitlines()[-1]) == (0, "1 replayed")


def test_nothing_is_dropped_unless_somebody_says_yes(
    rejected: FakeRejected, monkeypatch: pytest.MonkeyPatch
) -> None:
    unasked = run("drop", "--all")
    assert isinstance(unasked.exception, Problem)
    assert "add --yes" in unasked.exception.advice

    monkeypatch.setattr(verb, "_somebody_is_there", lambda: True)
    refused = run("drop", "message-1", answer="n\n")
    assert str(refused.exception) == "Nothing was dropped"
    assert f"{request_id(1)}-0  (message id message-1)" in refused.stdout, "named before it is asked"
    assert len(waiting(rejected)) == 3

    assert run("drop", "message-1", answer="y\n").exit_code == 0
    assert len(waiting(rejected)) == 2


@pytest.mark.parametrize(
    "arguments", [(), ("x", "--all"), ("x", "--source", "gone"), ("x", "--since", "24h")]
)
def test_one_way_of_choosing_must_be_used(rejected: FakeRejected, arguments: tuple[str, ...]) -> None:
    result = run("drop", *arguments, "--yes")

    assert isinstance(result.exception, Problem)
    assert "Name the events" in str(result.exception)


def test_a_part_of_all_may_be_said_by_source_and_time(rejected: FakeRejected) -> None:
    assert run("drop", "--source", "gone", "--since", "2h", "--yes").exit_code == 0

    assert waiting(rejected) == ["message-2", "message-3"]


def test_an_id_that_is_nobodys_is_a_failure_and_the_others_are_dropped(rejected: FakeRejected) -> None:
    result = run("drop", "nothing-1", "message-1", "--yes")

    assert result.exit_code == 1
    assert "✗ nothing-1  not found" in result.stdout
    assert waiting(rejected) == ["message-2", "message-3"]


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verb, "_somebody_is_there", lambda: True)


@pytest.mark.usefixtures("somebody")
def test_a_beginning_is_enough_and_one_of_several_is_told_before_anything_is_done(
    rejected: FakeRejected,
) -> None:
    both = run("replay", "message-")
    assert str(both.exception) == "3 rejected events have an id that begins with message-"

    one = run("replay", request_id(2)[:13], answer="y\n")
    assert f"{request_id(2)}-0  (message id message-2)" in one.stdout, "named before it is asked"
    assert (one.exit_code, one.stdout.splitlines()[-1]) == (0, "1 replayed")


@pytest.mark.usefixtures("somebody")
@pytest.mark.parametrize("action", ["replay", "drop"])
def test_nothing_is_done_with_a_beginning_unless_the_answer_is_yes(
    rejected: FakeRejected, action: str
) -> None:
    refused = run(action, request_id(2)[:13], answer="n\n")

    assert str(refused.exception).startswith("Nothing was")
    assert len(waiting(rejected)) == 3


@pytest.fixture
def with_others(rejected: FakeRejected) -> FakeRejected:
    """An event whose ids begin with those of two that are not there any more."""
    request = kept(4, "shop", GOOD)
    (item,) = request.items
    rejected.put(
        [
            request.model_copy(
                update={"items": (item.model_copy(update={"index": 10, "event_id": "order-1001"}),)}
            )
        ]
    )
    return rejected


@pytest.mark.parametrize("typed_", ["order-100", "order-1", "o", "0", "{request}-1", "{request}"])
@pytest.mark.parametrize(
    "arguments", [("drop", "--yes"), ("drop", "--json", "--yes"), ("replay",), ("replay", "--json")]
)
def test_where_nobody_is_asked_no_id_stands_for_one_that_begins_with_it(
    with_others: FakeRejected, arguments: tuple[str, ...], typed_: str
) -> None:
    result = run(*arguments, typed_.format(request=request_id(4)))

    assert result.exit_code == 1
    assert "not" in result.stdout
    assert "order-1001" in waiting(with_others)
    by_id = run("show", f"{request_id(4)}-10").stdout
    assert "replayed" not in by_id
    assert "dropped" not in by_id


@pytest.mark.usefixtures("somebody")
@pytest.mark.parametrize(
    ("typed_", "is_one"),
    [("order-1", False), ("order-10", True), ("{request:.7}", False), ("{request}", True),
     ("{request}-", False), ("{request}-1", False), ("{request}-10", True)],
)  # fmt: skip
def test_a_beginning_is_eight_characters_and_never_ends_within_the_index(
    with_others: FakeRejected, typed_: str, *, is_one: bool
) -> None:
    run("drop", typed_.format(request=request_id(4)), answer="y\n")

    assert ("order-1001" not in waiting(with_others)) is is_one
