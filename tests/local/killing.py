"""What tests of a kill need: a laptop of their own, clients that buy until collect is gone, and the kill."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cli.applying import local_json
from cli.laptop import inspection, leftovers, life
from cli.laptop.laptop import Laptop
from cli.laptop.pid_lock import holder
from cli.stacks import Stack
from shared.aws import clients
from shared.aws.tables.profiles import DynamoProfiles
from shared.stored import people
from tests.local.shop import PROGRAM, SHOP, Shop, eventually, identify, track


@contextmanager
def own_laptop(home: Path, sources: Iterable[str]) -> Iterator[Laptop]:
    """With a workspace of its own: the sample's, but for its sources."""
    before = dict(os.environ)
    os.environ |= {
        "HEADRACE_HOME": str(home / "home"),
        "HEADRACE_COLLECT_PORT": "8380",
        "HEADRACE_GATEWAY_PORT": "4866",
    }
    laptop = Laptop.of_this_checkout()
    try:
        up("--workspace", str(_workspace(home / "bakery", sources)))
        yield laptop
    finally:
        life.stop(laptop)
        os.environ.clear()
        os.environ.update(before)
        clients.forget()  # they are this laptop's; other tests go on with the session's


def _workspace(folder: Path, sources: Iterable[str]) -> Path:
    for path in SHOP.rglob("*.*"):
        target = folder / path.relative_to(SHOP)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path.read_text())
    (folder / "sources.yaml").write_text(
        "sources:\n"
        + "".join(f"  {source}: {{name: {source}, trust: server, policy: strict}}\n" for source in sources)
    )
    return folder


def up(*arguments: str) -> str:
    """What `headrace up` says, on one line."""
    done = subprocess.run(
        [PROGRAM, "up", "--no-story", "--no-doctor", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return " ".join(done.stdout.split())


class Load(threading.Thread):
    """New customers of a source who buy at once, one after the other, until collect is gone. `asked` is when each was
    sent, `accepted` when each got a 200; seconds `apart`."""

    def __init__(self, shop: Shop, source: str, number: int = 0, apart: float = 0.1) -> None:
        super().__init__()
        self._shop = shop
        self._number = number
        self._apart = apart
        self.source = source
        self.asked: dict[str, datetime] = {}
        self.accepted: dict[str, datetime] = {}

    def run(self) -> None:
        while True:
            try:
                self.buys(self.customer(len(self.asked)), self._shop)
            except (OSError, http.client.HTTPException):
                return
            time.sleep(self._apart)

    def customer(self, number: int) -> str:
        return f"{self.source}-customer-{number}"

    def buys(self, user: str, shop: Shop) -> None:
        """One request, one record: two events of one person."""
        phone = f"+1202{555 + self._number}{len(self.asked):04d}"
        self.asked[user] = datetime.now(UTC)
        shop.accept(
            {**identify(user, phone=phone, consents={"sms": True}), "messageId": f"{user}-identify"},
            track(user, "Complete Purchase", f"{user}-purchase", amount=1500, currency="USD"),
            source=self.source,
        )
        self.accepted[user] = datetime.now(UTC)


def shop_of(laptop: Laptop) -> Shop:
    content = local_json.read(laptop)
    assert content is not None
    return Shop(Stack.load(), content)


def purchases(shop: Shop, user: str) -> int:
    """As their profile counts them; 0 for nobody."""
    found = people.find(DynamoProfiles(shop.stack["ProfilesTable"]), user)
    counters: Any = people.presented(found)["counters"] if found is not None else {}
    return int(counters.get("Complete Purchase", {}).get("count", 0))


def wait_for_a_save(shop: Shop) -> None:
    """One that began after this was called."""
    began = datetime.now(UTC)
    url = shop.local["aws_endpoint_url"]
    eventually(
        lambda: str((inspection.saves(url) or {})["saved_at"]),
        lambda at: at != "None" and datetime.fromisoformat(at) > began,
        60,
    )


def kill_everything(laptop: Laptop) -> None:
    """The emulator, which is the gateway too, the functions' workers, and whatever writes a save."""
    emulator = holder(laptop.lock)
    assert emulator is not None
    processes = [process.id for process in leftovers._of(laptop, emulator)]
    assert emulator in processes
    assert len(processes) > 2
    for process in processes:
        with suppress(ProcessLookupError):  # it ended with the one before
            os.kill(process, signal.SIGKILL)
