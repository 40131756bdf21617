"""The tee's function on fakes: a vendor that answers as told, and a queue that delivers as SQS does."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.tee.batch import Handled, handle
from functions.tee.credentials import VendorCredentials
from functions.tee.forwarding import Forwarding
from functions.tee.vendor_client import Reply
from functions.tee.vendor_request import VendorRequest
from shared.stored.current_workspace import CurrentWorkspace
from shared.tee import TeedRequest
from shared.workspace.model import Source, Tee, Workspace
from simulation.ports.faults import Died, Faults
from simulation.ports.secrets import FakeSecrets
from simulation.ports.workspaces import FakeWorkspaces, OnlyCollecting
from tests.fakes.tee import FakeTeeBodies, FakeTeeLog

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ATTEMPTS = 5

SHOP = Workspace(
    version=1,
    sources=(
        Source(id="shop", name="Shop", trust="server", tee=Tee(host="https://vendor.example")),
        Source(id="app", name="App", trust="server", tee=Tee(host="https://other.example")),
        Source(id="page", name="Page", trust="browser", tee=Tee(host="https://vendor.example")),
        Source(id="plain", name="Plain", trust="server"),
    ),
)


class FakeVendor:
    """Answers with the next of `planned` (a status, a Reply or an error), then with 200; remembers what it got."""

    def __init__(self, faults: Faults) -> None:
        self.planned: list[int | Reply | Exception] = []
        self.got: list[VendorRequest] = []
        self._faults = faults
        self._one_by_one = threading.Lock()

    def ask(self, vendor_request: VendorRequest) -> Reply:
        with self._one_by_one:
            plan = self.planned.pop(0) if self.planned else 200
            if isinstance(plan, Exception):
                raise plan
            self.got.append(vendor_request)
            self._faults.called("vendor.ask")
            return plan if isinstance(plan, Reply) else Reply(plan, 2, "application/json", None)


class TeeStage:
    """Everything outside survives when the function dies. What goes back is delivered again by the next `invoke`."""

    def __init__(self, workspace: Workspace = SHOP) -> None:
        self.faults = Faults()
        self.vendor = FakeVendor(self.faults)
        self.log = FakeTeeLog(self.faults)
        self.bodies = FakeTeeBodies()
        self.secrets = FakeSecrets({"tees": {}})
        self.workspaces = FakeWorkspaces(workspace)
        self.now = NOON
        self.time_left = timedelta(seconds=60)
        self.waiting: dict[str, dict[str, Any]] = {}
        self.dead: list[str] = []
        self._ids = itertools.count(1)
        self.restart()

    def restart(self) -> None:
        ticks = itertools.count()
        self.forwarding = Forwarding(
            workspace=CurrentWorkspace(OnlyCollecting(self.workspaces), None, self._seconds),
            credentials=VendorCredentials(self.secrets, self._seconds).of,
            vendor=self.vendor,
            bodies=self.bodies,
            log=self.log,
            clock=lambda: self.now,
            ticks=lambda: next(ticks) * 0.25,
            threads=ThreadPoolExecutor,
        )

    def queue(self, *requests: TeedRequest) -> None:
        for request in requests:
            self.queue_body(request.encode().decode())

    def queue_body(self, body: str) -> None:
        name = f"q{next(self._ids)}"
        self.waiting[name] = {"messageId": name, "body": body, "received": 0}

    def invoke(self) -> Handled:
        """One invocation with everything that waits; a message that has gone back too often is dead."""
        for message in self.waiting.values():
            message["received"] += 1
        delivered = [
            {**message, "attributes": {"ApproximateReceiveCount": str(message["received"])}}
            for message in self.waiting.values()
        ]
        handled = handle(delivered, self.forwarding, ATTEMPTS, lambda: self.time_left)
        self.waiting = {name: one for name, one in self.waiting.items() if name in handled.again}
        self.dead += [name for name, one in self.waiting.items() if one["received"] >= ATTEMPTS]
        self.waiting = {name: one for name, one in self.waiting.items() if name not in self.dead}
        return handled

    def invoke_and_die(self, after: int) -> None:
        """The process ends after so many calls: what was delivered is delivered again."""
        self.faults.calls, self.faults.die_after = 0, after
        with suppress(Died):
            self.invoke()
        self.faults.die_after = None
        self.restart()

    def _seconds(self) -> float:
        return (self.now - NOON).total_seconds()


def request(number: int = 1, source: str = "shop", **fields: Any) -> TeedRequest:
    """A batch of three events, one of them rejected, that goes on to the vendor."""
    made = TeedRequest(
        id=f"r{number}", source=source, protocol="twilio_segment", call="batch", method="POST", path="/v1/batch",
        query="", headers={"authorization": "Basic abc", "content-type": "application/json"}, body=b'{"a": 1}',
        status=200, events=3, rejected=1, received_at=NOON, workspace=1,
    )  # fmt: skip
    return made._replace(**fields)


def ids(requests: Sequence[VendorRequest]) -> list[str]:
    """Of the requests that reached a vendor, in the order of the alphabet, repeats included."""
    return sorted(vendor_request.headers["headrace-tee"] for vendor_request in requests)
