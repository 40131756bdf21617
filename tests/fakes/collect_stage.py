"""The collect stage on fakes, asked through its Lambda handler with API Gateway's own events."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple
from unittest import mock

import orjson

from functions.collect import bootstrap, handler, telemetry
from functions.collect.auth.quota import Quota
from functions.collect.auth.source_secrets import SourceSecrets
from functions.collect.definitions.define import define
from functions.collect.stored_lookups import StoredLookups
from functions.collect.work import Resources
from shared.events import Event
from shared.records import Record
from shared.rejected import RejectedItem, RejectedRequest
from shared.stored.current_workspace import CurrentWorkspace
from shared.workspace.model import EventDefinition, Limits, PropertyDefinition, Source, Workspace
from shared.workspace.write_keys import key_hash
from simulation.gateway import http_api_event, rest_api_event
from simulation.ports.faults import Faults
from simulation.ports.profiles import FakeProfiles
from simulation.ports.rejected import FakeRejected
from simulation.ports.secrets import FakeSecrets
from simulation.ports.stream import FakeStream
from simulation.ports.workspaces import FakeWorkspaces, OnlyCollecting
from tests.fakes.tee import FakeTeeQueue

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

STRICT, LENIENT, OBSERVE, BROWSER, METERED = (
    "hr_strict",
    "hr_lenient",
    "hr_observe",
    "hr_browser",
    "hr_metered",
)
"""Write keys of the sources of `SHOP`."""

IDENTITY_SECRET = "a secret between the shop's server and us"

PURCHASE = EventDefinition(
    id="Complete Purchase",
    name="Purchase",
    properties={
        "amount": PropertyDefinition(type="number", required=True, minimum=0),
        "currency": PropertyDefinition(type="string", required=True, allowed=("USD", "EUR", "JPY")),
        "items": PropertyDefinition(type="list"),
        "paid_on": PropertyDefinition(type="date"),
    },
)
VIEW_ITEM = EventDefinition(
    id="View Item", name="View", properties={"item_id": PropertyDefinition(type="string")}
)
SHOP = Workspace(
    version=1,
    sources=(
        Source(id="strict", name="Strict", trust="server", policy="strict", key_hashes=(key_hash(STRICT),)),
        Source(id="lenient", name="Lenient", trust="server", key_hashes=(key_hash(LENIENT),)),
        Source(
            id="observe", name="Observe", trust="server", policy="observe", key_hashes=(key_hash(OBSERVE),)
        ),
        Source(
            id="browser",
            name="Browser",
            trust="browser",
            origins=("https://shop.example", "https://www.shop.example"),
            key_hashes=(key_hash(BROWSER),),
        ),
        Source(
            id="metered",
            name="Metered",
            trust="server",
            key_hashes=(key_hash(METERED),),
            limits=Limits(events_per_second=2),
        ),
    ),
    events=(PURCHASE, VIEW_ITEM),
)


Api = Literal["http", "rest"]

NO_ROOM = Limits.model_construct(event_bytes=1, batch_bytes=4 * 1024 * 1024)
"""No workspace can be applied with these: every event is rejected."""


class Answer(NamedTuple):
    """What the gateway is handed; `body` is the JSON read, text or bytes where it is none, None when it is empty."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def codes(self) -> list[list[str]]:
        """The reason codes of each rejected event."""
        return [[reason["code"] for reason in one["reasons"]] for one in self.body["rejected"]]


class Stage:
    """`api` is the kind of API in front of it. Everything outside survives a `restart`. Both its clocks stand at `NOON`
    and move by `wait`, until a client that has a clock of its own is to meet it: `keep_real_time`."""

    def __init__(self, workspace: Workspace | None = SHOP) -> None:
        self.api: Api = "http"
        self._waited = timedelta()
        self._real = False
        self.faults = Faults()
        self.stream = FakeStream(self.faults)
        self.rejected = FakeRejected(self.faults)
        self.profiles = FakeProfiles(self.faults)
        self.tee = FakeTeeQueue(self.faults)
        self.workspaces = FakeWorkspaces(*([workspace] if workspace else []))
        self.secrets = FakeSecrets(
            {
                "default_write_key": "hr_default",
                "sources": {"browser": {"write_key": BROWSER, "identity_secret": IDENTITY_SECRET}},
            }
        )
        self.restart()

    def restart(self) -> None:
        current = CurrentWorkspace(OnlyCollecting(self.workspaces), self.secrets, self._seconds)
        self.resources = Resources(
            workspace=current,
            secrets=SourceSecrets(self.secrets, self._seconds),
            stream=self.stream,
            rejected=lambda: self.rejected,
            quota=Quota(self._seconds),
            lookups=lambda judged_by: StoredLookups(judged_by, self.profiles, current, self._define),
            tee_queue=lambda: self.tee,
            clock=lambda: self.now,
        )

    @property
    def now(self) -> datetime:
        return (datetime.now(UTC) if self._real else NOON) + self._waited

    def keep_real_time(self) -> None:
        """Whoever sends the real time is judged by it, on whatever day that is."""
        self._real = True

    def wait(self, seconds: float) -> None:
        self._waited += timedelta(seconds=seconds)

    def post(
        self,
        path: str,
        body: object = b"",
        headers: Mapping[str, str] | None = None,
        *,
        key: str | None = STRICT,
        **gateway: Any,
    ) -> Answer:
        """Bytes and text are sent as they are, anything else as JSON. `key` goes by Basic authorization."""
        given = {"content-type": "application/json", "user-agent": "a test/1", **(headers or {})}
        if key is not None:
            given["authorization"] = basic(f"{key}:")
        return self.request("POST", path, body, given, **gateway)

    def request(
        self,
        method: str,
        path: str,
        body: object = b"",
        headers: Mapping[str, str] | None = None,
        **gateway: Any,
    ) -> Answer:
        """Through the handler. A bug of ours, which it answers with 503, is raised instead."""
        return answered(self.handled(method, path, body, headers or {}, **gateway))

    def handled(
        self, method: str, path: str, body: object, headers: Mapping[str, str], **gateway: Any
    ) -> dict[str, Any]:
        """What the gateway is handed."""
        with ExitStack() as patched:
            for owner, name, value in (
                (bootstrap, "resources", lambda: self.resources),
                (telemetry, "bug", _raise),
            ):
                patched.enter_context(mock.patch.object(owner, name, value))
            event = gateway_event(method, path, body, headers, **{"api": self.api, **gateway})
            return handler.lambda_handler(event, None)

    def batch(
        self, *items: object, key: str | None = STRICT, headers: Any = None, **beside: object
    ) -> Answer:
        return self.post("/v1/batch", {"batch": list(items), **beside}, headers, key=key)

    def apply(self, workspace: Workspace) -> None:
        self.workspaces.apply(workspace, after=self.workspaces.latest_version(), at=self.now, by="a test")

    @property
    def records(self) -> list[Record]:
        return self.stream.records

    @property
    def events(self) -> list[Event]:
        return self.stream.events

    @property
    def kept(self) -> list[RejectedRequest]:
        return list(self.rejected.requests.values())

    @property
    def refused(self) -> list[RejectedItem]:
        """Every rejected event that was kept."""
        return [item for request in self.kept for item in request.items]

    def _define(self, asked: dict[str, Any]) -> dict[str, Any]:
        """As the function of `define.py` does it, with JSON on the way there and back."""
        read = orjson.loads(orjson.dumps(asked))
        definition = EventDefinition.model_validate(read["definition"])
        made = define(
            self.workspaces, read["source"], definition, extend=read["extend"], clock=lambda: self.now
        )
        answered: dict[str, Any] = orjson.loads(orjson.dumps(made._asdict()))
        return answered

    def _seconds(self) -> float:
        return (self.now - NOON).total_seconds()


def stage_without_room() -> Stage:
    """Whose sources are told of each of their events that it is too large."""
    sources = tuple(source.model_copy(update={"limits": NO_ROOM}) for source in SHOP.sources)
    workspace = SHOP.model_copy(update={"sources": sources})
    stage = Stage()
    vars(stage.workspaces)["load"] = lambda _version: workspace
    return stage


def give_room(stage: Stage, workspace: Workspace) -> None:
    """The workspace is the latest one from now on."""
    del vars(stage.workspaces)["load"]
    stage.apply(workspace)


def gateway_event(
    method: str,
    path: str,
    body: object,
    headers: Mapping[str, str],
    *,
    api: Api = "http",
    **gateway: Any,
) -> dict[str, Any]:
    """As API Gateway makes it, see `simulation.gateway`."""
    raw = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else orjson.dumps(body)
    made = http_api_event if api == "http" else rest_api_event
    return made(method, path, raw, headers.items(), **gateway)


def answered(answer: dict[str, Any]) -> Answer:
    """Fails on what API Gateway would not pass on."""
    assert set(answer) - {"isBase64Encoded"} == {"statusCode", "headers", "body"}
    assert all(isinstance(value, str) for value in answer["headers"].values())
    body: Any = answer["body"]
    if answer.get("isBase64Encoded"):
        body = base64.b64decode(body, validate=True)
    elif answer["headers"].get("content-type", "").partition(";")[0].endswith("json"):
        body = orjson.loads(body)
    return Answer(answer["statusCode"], answer["headers"], body or None)


def basic(user: str) -> str:
    """The Authorization header for `user`, which is `key:` where a write key is meant."""
    return "Basic " + base64.b64encode(user.encode()).decode()


def purchase(**fields: Any) -> dict[str, Any]:
    """A Complete Purchase as Segment writes it, which every policy accepts."""
    return {
        "type": "track",
        "event": "Complete Purchase",
        "messageId": "m1",
        "userId": "u1",
        "timestamp": "2026-11-21T11:59:58.000Z",
        "properties": {"amount": 1500, "currency": "USD"},
        **fields,
    }


def _raise(error: Exception) -> None:
    raise error
