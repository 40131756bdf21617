"""A request becomes no more than it may: what its events share is kept once, and not given to too many of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from functions.collect.adapter import growth
from functions.collect.adapter.growth import MOST
from functions.collect.auth.source_secrets import SourceSecrets
from functions.collect.http.body import NotJson, TooLarge
from functions.collect.protocols import NAMES
from functions.collect.replay.replay import Replay
from shared.stored.current_workspace import CurrentWorkspace
from shared.workspace.limits import MOST_BATCH_BYTES, MOST_EVENT_BYTES
from shared.workspace.model import Limits
from tests.fakes.collect_stage import LENIENT, SHOP, Answer, Stage, give_room, purchase, stage_without_room
from tests.unit.collect.fan_outs import FAN_OUTS, NOTHING_SHARED, FanOut

ROOT = Path(__file__).parents[3]

PEAK_MEGABYTES = 200

ROOMY = Limits(event_bytes=MOST_EVENT_BYTES, batch_bytes=MOST_BATCH_BYTES)
ACCEPTED = [name for name in FAN_OUTS if name != "identities_of_a_batch"]


def roomy_stage() -> Stage:
    sources = tuple(source.model_copy(update={"limits": ROOMY}) for source in SHOP.sources)
    return Stage(SHOP.model_copy(update={"sources": sources}))


def posted(stage: Stage, fan_out: FanOut, size: int, events: int) -> Answer:
    query = fan_out.query if isinstance(fan_out.query, str) else fan_out.query(size)
    return stage.request("POST", fan_out.path, fan_out.body(size, events), fan_out.headers, query=query)


def test_every_format_is_looked_at() -> None:
    assert {one.protocol for one in FAN_OUTS.values()} | NOTHING_SHARED.keys() == set(NAMES)


@pytest.mark.parametrize("name", FAN_OUTS)
def test_what_many_events_share_is_not_given_to_each_beyond_the_limit(name: str) -> None:
    stage = roomy_stage()
    answer = posted(stage, FAN_OUTS[name], 30_000, 900)
    assert answer.status == FAN_OUTS[name].refused
    assert str(MOST) in orjson.dumps(answer.body).decode()
    assert stage.stream.entries == []
    assert stage.kept == []


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_a_few_events_share_is_given_to_each(name: str) -> None:
    stage = roomy_stage()
    assert posted(stage, FAN_OUTS[name], 150, 20).status < 300
    assert len(stage.events) >= 20


@pytest.mark.parametrize("name", [name for name in FAN_OUTS if name != "endpoint_id_of_many_events"])
def test_what_rejected_events_share_is_kept_once(name: str) -> None:
    stage = stage_without_room()
    body = orjson.dumps(FAN_OUTS[name].body(20_000, 500))
    posted(stage, FAN_OUTS[name], 20_000, 500)
    (kept,) = stage.kept
    assert len(kept.items) >= 500
    beside = 200 * len(kept.items)
    assert sum(len(item.body) for item in kept.items) + len(kept.common) <= 2 * len(body) + beside


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_kept_once_is_replayed_with_each(name: str) -> None:
    direct = roomy_stage()
    posted(direct, FAN_OUTS[name], 150, 20)
    stage = stage_without_room()
    posted(stage, FAN_OUTS[name], 150, 20)
    assert stage.events == []
    give_room(stage, direct.workspaces.load(1))
    replay = Replay(
        workspace=CurrentWorkspace(stage.workspaces, stage.secrets, lambda: 0.0),
        stream=stage.stream,
        rejected=stage.rejected,
        secrets=SourceSecrets(stage.secrets, lambda: 0.0),
        clock=lambda: stage.now,
    )
    (kept,) = stage.kept
    outcomes = replay.events(f"{kept.request}-{item.index}" for item in kept.items)
    assert {one["outcome"] for one in outcomes} == {"replayed"}

    def told(of: Stage) -> list[dict[str, Any]]:
        return [event.model_dump(exclude={"id"}) for event in of.events]

    assert told(stage) == told(direct)


@pytest.mark.parametrize(
    ("name", "call", "raw"),
    [
        ("netmera", "setProfileAttributes", {"extId": "u1", "profile": {"plan": "gold"}}),
        ("pinpoint", "events", {
            "EndpointId": "e1", "Endpoint": {"User": {"UserId": "u1"}}, "EventId": "k" * 20,
            "Event": {"EventType": "E", "Timestamp": "2026-11-21T11:59:00Z"},
        }),
    ],
)  # fmt: skip
def test_what_an_older_version_kept_with_each_is_still_read(
    name: str, call: str, raw: dict[str, Any]
) -> None:
    from functions.collect.adapter.wire_format import Delivery
    from functions.collect.protocols import wire_format

    delivery = Delivery("", Stage().now, False, False, None, None)
    _, (fields, reasons) = wire_format(name).again(call, raw, {}, delivery)
    assert reasons == []
    assert fields["user_id"] == "u1"


def test_an_element_that_looks_like_an_item_of_ours_is_the_clients_own(stage: Stage) -> None:
    calls = [
        {"extIds": ["u1", "u2"], "profile": {"plan": "gold"}},
        {"headrace_said": 0, "extId": "u3", "profile": {"plan": "blue"}},
        {"headrace_said": 7, "extId": "u4", "profile": {"plan": "red"}},
    ]
    answer = stage.request("POST", "/rest/3.0/setProfileAttributes", calls, {"x-netmera-api-key": LENIENT})
    assert answer.status == 200
    assert {event.user_id: event.traits["plan"] for event in stage.events} == {
        "u1": "gold", "u2": "gold", "u3": "blue", "u4": "red",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("size", "is_taken"), [(MOST // 4 - 1, True), (MOST // 4, True), (MOST // 4 + 1, False)]
)
@pytest.mark.parametrize("is_json", [True, False])
def test_the_limit_is_on_the_bytes_that_all_get(size: int, is_taken: bool, is_json: bool) -> None:
    shared: list[Any] = ["x" * (size - 4)] if is_json else ["x" * (size - 9), NotJson()]
    body = b"x" * (size + 100)
    if is_taken:
        growth.hold_to(body, [(shared, 4)])
    else:
        with pytest.raises(TooLarge):
            growth.hold_to(body, [(shared, 4)])


@pytest.mark.parametrize("events", [1, 3, 4])
def test_nothing_is_measured_that_is_too_small_in_any_case(
    events: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: list[object] = []

    def measure(shared: object) -> int:
        measured.append(shared)
        return 0

    monkeypatch.setattr(growth, "_size", measure)
    growth.hold_to(b"x" * (MOST // 3), [({}, events)])
    assert len(measured) == (1 if events > 3 else 0)


@pytest.mark.parametrize(("agent", "status"), [(100, 200), (2_000, 200), (4_000, 413)])
def test_events_take_no_more_than_the_limit_as_they_are_stored(agent: int, status: int) -> None:
    """What comes from headers counts too."""
    stage = roomy_stage()
    items = [purchase(messageId=str(at), properties=None, event="E") for at in range(4_900)]
    answer = stage.batch(*items, key="hr_browser", headers={"user-agent": "x" * agent})
    assert answer.status == status
    assert (len(stage.stream.entries) > 0) is (status == 200)
    assert sum(len(entry.data) for entry in stage.stream.entries) <= MOST + 2**20


def test_of_an_event_so_many_reasons_are_kept(stage: Stage) -> None:
    ids = {f"?{at}": "x" for at in range(300)}
    event = {"event_type": "custom_event", "data": {"event_name": "E"}}
    batch = {"user_identities": {"customer_id": "u1", **ids}, "events": [event]}
    answer = stage.post("/v2/events", batch, key=LENIENT)
    assert answer.status == 400
    assert [len(item.reasons) for item in stage.refused] == [20]


@pytest.mark.parametrize(("events", "reasons"), [(499, 20), (500, 20), (501, 19), (1_000, 10), (4_999, 2)])
def test_of_many_events_fewer_reasons_are_kept(events: int, reasons: int) -> None:
    stage = roomy_stage()
    posted(stage, FAN_OUTS["identities_of_a_batch"], 700, events)
    assert {len(item.reasons) for item in stage.refused} == {reasons}


WORKER = """
import sys
from pathlib import Path
from tests.unit.collect.fan_outs import FAN_OUTS
from tests.unit.collect.test_growth import posted, roomy_stage
stage = roomy_stage()
answer = posted(stage, FAN_OUTS[sys.argv[1]], int(sys.argv[2]), int(sys.argv[3]))
lines = Path("/proc/self/status").read_text().splitlines()
peak = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
print(answer.status, int(peak) // 1024, file=sys.stderr)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
@pytest.mark.parametrize(
    ("name", "size", "events"),
    [
        ("context_of_a_batch", 30_000, 4_999),
        ("many_fields_in_the_context_of_a_batch", 30_000, 4_999),
        ("profile_of_many_people", 400_000, 1_000),
        ("endpoint_of_many_events", 400_000, 1_000),
        ("many_fields_in_the_context_of_a_batch", 2_300, 4_999),
        ("identities_of_a_batch", 2_300, 4_999),
        ("entities_of_many_events", 9_000, 1_200),
    ],
)
def test_the_worker_stays_small(name: str, size: int, events: int) -> None:
    """What is refused, and what is just below the limit. In a process of its own, whose peak Linux tells; `getrusage`
    would tell the peak of the process that started it, where that was higher."""
    ran = subprocess.run(
        [sys.executable, "-c", WORKER, name, str(size), str(events)],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    status, megabytes = map(int, ran.stderr.split()[-2:])
    assert status == (413 if size * events > MOST else 400 if name == "identities_of_a_batch" else 200)
    assert megabytes < PEAK_MEGABYTES
