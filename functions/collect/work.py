"""What the steps work with: the stage's resources, and one request on its way through them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

from functions.collect.adapter.wire_format import Call, Delivery, Parsed
from functions.collect.auth.quota import Quota
from functions.collect.auth.source_secrets import SourceSecrets
from shared.aws.runtime import new_id
from shared.plan.tracking_plan import Plan
from shared.ports.rejected import Rejected
from shared.ports.runtime import NewId
from shared.ports.streams import Stream, StreamEntry
from shared.ports.tee import TeeQueue
from shared.workspace.collecting import CollectingWorkspace, Source

if TYPE_CHECKING:
    from functions.collect.adapter.lookups import Lookups
    from functions.collect.http.responses import Response
    from functions.collect.verdicts import Verdicts


class CurrentWorkspace(Protocol):
    """`shared.stored.current_workspace.CurrentWorkspace`, as far as it is used here. Both raise Unavailable."""

    def get(self) -> CollectingWorkspace: ...

    def refreshed(self) -> CollectingWorkspace: ...


class Resources:
    """What the stage has, for every request. `clock` tells when it is (UTC). What most requests never need is made when
    it is first asked for: `rejected`, `lookups` (of the workspace that a call is answered by), `tee_queue`."""

    def __init__(
        self,
        *,
        workspace: CurrentWorkspace,
        secrets: SourceSecrets,
        stream: Stream,
        rejected: Callable[[], Rejected],
        quota: Quota,
        lookups: Callable[[CollectingWorkspace], Lookups],
        tee_queue: Callable[[], TeeQueue],
        clock: Callable[[], datetime],
        new_id: NewId = new_id,
    ) -> None:
        self.workspace = workspace
        self.secrets = secrets
        self.stream = stream
        self.rejected = rejected
        self.quota = quota
        self.lookups = lookups
        self.tee_queue = tee_queue
        self.clock = clock
        self.new_id = new_id
        self._plan: tuple[CollectingWorkspace, Plan] | None = None

    def plan(self, workspace: CollectingWorkspace) -> Plan:
        """The workspace's tracking plan. Its compiled validators are kept as long as the workspace is."""
        if self._plan is None or self._plan[0] is not workspace:
            self._plan = (workspace, Plan(workspace))
        return self._plan[1]


class Work:
    """One request on its way. A step reads what those before it have found, and adds what it finds.

    `workspace` is the one the request is judged by, and `is_latest` says that it was read for this request.
    `credential` is what the source was known by. `parsed` and `verdicts` are of the same items.
    """

    __slots__ = (
        "call", "common", "credential", "delivery", "is_latest", "parsed", "received_at", "records", "request_id",
        "resources", "response", "source", "steps", "times", "verdicts", "workspace",
    )  # fmt: skip

    source: Source
    delivery: Delivery
    parsed: Parsed
    verdicts: Verdicts
    request_id: str
    common: dict[str, Any]
    """What every record of the request has, see `pack.common`."""
    records: list[StreamEntry]
    response: Response
    steps: tuple[Step, ...]
    times: list[float]
    """When the first of the steps began, and when each was done, see `http.report`."""

    def __init__(self, call: Call, resources: Resources) -> None:
        self.call = call
        self.resources = resources
        self.received_at = resources.clock()
        self.workspace = resources.workspace.get()
        self.is_latest = False
        self.credential: str | None = None

    def run(self, steps: tuple[Step, ...]) -> None:
        """One step after the other, and when each was done."""
        self.steps = steps
        times = self.times = [perf_counter()]
        for step in steps:
            step(self)
            times.append(perf_counter())


Step = Callable[[Work], None]
