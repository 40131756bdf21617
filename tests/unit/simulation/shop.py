"""A small shop in simulated time, its clients, and what became of what they sent."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from shared.authoring.compiling import compile_folder
from shared.fold.profile import Profile
from shared.workspace.model import Workspace
from simulation.requests import Answer, Pending
from simulation.world import World

SHOP = Path(__file__).parents[3] / "examples" / "shop"
LENIENT = "lenient"


@cache
def workspace() -> Workspace:
    compiled = compile_folder(SHOP).workspace
    assert compiled is not None
    return compiled


def headers(world: World, source: str = LENIENT) -> dict[str, str]:
    user = base64.b64encode(f"{world.key(source)}:".encode()).decode()
    return {"authorization": f"Basic {user}", "content-type": "application/json"}


def order(number: int, person: str, **more: Any) -> dict[str, Any]:
    """A purchase that is worth a message."""
    properties = {"amount": 1200, "currency": "USD"}
    said = {
        "type": "track",
        "event": "Complete Purchase",
        "messageId": f"m{number}",
        "properties": properties,
    }
    return {**said, "userId": person, **more}


def known(person: str) -> dict[str, Any]:
    """With a telephone number, and consent to be sent to."""
    traits = {"phone": "+14155552671", "consents": {"sms": True}}
    return {"type": "identify", "userId": person, "messageId": f"known-{person}", "traits": traits}


def begin(world: World, events: Sequence[Mapping[str, Any]]) -> Pending:
    return world.begin("POST", "/v1/batch", headers(world), orjson.dumps({"batch": events}))


def send(world: World, events: Sequence[Mapping[str, Any]]) -> Answer:
    return world.request("POST", "/v1/batch", headers(world), orjson.dumps({"batch": events}))


def send_until_accepted(world: World, events: Sequence[Mapping[str, Any]]) -> None:
    """As SDKs do it: what is answered 500 or 503 is sent again, as it was."""
    for _ in range(10):
        answer = send(world, events)
        if answer.status == 200:
            return
        assert answer.status in (500, 503), answer
    raise AssertionError("it was never accepted")


def counted(world: World) -> Counter[str]:
    """How often each person did each event, by `person event`."""
    found: Counter[str] = Counter()
    for profile in world.profiles().values():
        if isinstance(profile, Profile):
            for name, counter in profile.states.counters.events.items():
                found[f"{profile.key} {name}"] += counter.count
    return found


def archived(world: World) -> Counter[str]:
    """How many rows there are of each event of a client, copies of one row aside."""
    rows = {(row["event_id"], row["name"], row["person"]) for row in world.lake_rows()}
    return Counter(event for event, _, _ in rows)
