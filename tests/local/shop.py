"""The shop of the tests: the deployed stack as its clients, its operators and its analysts use it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import orjson
from segment.analytics.client import Client

from cli.applying.apply import apply_workspace
from cli.checkout import ROOT
from cli.lake.asking import ask
from cli.laptop import inspection
from cli.messages.logged import logged
from cli.rejected import events
from cli.stacks import Stack
from shared.aws.secrets import StackSecret
from shared.aws.tables.profiles import DynamoProfiles
from shared.stored import people

SHOP = ROOT / "examples" / "shop"
PROGRAM = Path(sys.executable).parent / "headrace"

PATIENCE, PATIENCE_LAKE = 60.0, 90.0
"""Seconds before a test gives up: four times and twice what is promised of a laptop that has nothing else to do."""

Seen = TypeVar("Seen")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: dict[str, Any]


class Shop:
    """`local` is the content of local.json."""

    def __init__(self, stack: Stack, local: Mapping[str, Any]) -> None:
        self.stack = stack
        self.local = local

    def post(self, call: str, document: object, *, source: str = "strict", key: str | None = None) -> Answer:
        """POST /v1/<call>; bytes go out as they are."""
        body = document if isinstance(document, bytes) else orjson.dumps(document)
        used = self.local["write_keys"][source] if key is None else key
        connection = http.client.HTTPConnection(urlsplit(self.local["collect_url"]).netloc, timeout=30)
        try:
            headers = {"Authorization": "Basic " + base64.b64encode(f"{used}:".encode()).decode()}
            connection.request("POST", f"/v1/{call}", body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), orjson.loads(answer.read()))
        finally:
            connection.close()

    def accept(self, *events: dict[str, Any], source: str = "strict") -> None:
        """Send a batch of which everything must be accepted."""
        answer = self.post("batch", {"batch": list(events)}, source=source)
        assert (answer.status, answer.body.get("accepted"), answer.body.get("rejected")) == (
            200,
            len(events),
            [],
        ), answer

    def segment(self, source: str = "strict") -> Client:
        """Segment's own library, pointed here."""
        return Client(self.local["write_keys"][source], host=self.local["collect_url"], max_retries=2)

    def headrace(self, *arguments: str) -> Any:
        """The installed command; what it prints as JSON."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return orjson.loads(done.stdout)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PROGRAM, *arguments], capture_output=True, text=True, check=False, timeout=120, cwd=ROOT
        )

    def person(self, typed: str) -> dict[str, Any]:
        """As `headrace profile` shows them; `{}` for nobody."""
        found = people.find(DynamoProfiles(self.stack["ProfilesTable"]), typed)
        return people.presented(found) if found is not None else {}

    def messages(self, user: str) -> list[dict[str, Any]]:
        now = datetime.now(UTC)
        return logged(self.stack, user=user, limit=100, since=now - timedelta(days=1), now=now)

    def rejected(self, user: str) -> list[dict[str, Any]]:
        found = events.store(self.stack).latest(1000, datetime.now(UTC) - timedelta(days=1))
        return [event.model_dump(mode="json") for event in found if event.user_id == user]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return ask(sql, self.stack).rows

    def texts(self, number: str) -> list[str]:
        """The SMS that the emulator took for a number."""
        return inspection.texts_by_number(self.local["aws_endpoint_url"]).get(number, [])

    def user_hash(self, source: str, user: str) -> str:
        """What the shop's own server would give its page, so that a browser can prove who is speaking."""
        secret: Any = StackSecret(self.stack["SecretArn"]).read()["sources"]
        key = secret[source]["identity_secret"].encode()
        return hmac.new(key, user.encode(), hashlib.sha256).hexdigest()

    def webhook_secret(self, name: str) -> str:
        secrets: Any = StackSecret(self.stack["OutgoingSecretArn"]).read()["webhooks"]
        return str(secrets[name])

    def apply(self, folder: Path = SHOP) -> None:
        apply_workspace(folder, None)


def changed_shop(folder: Path, changes: Mapping[str, str]) -> Path:
    """A copy of the sample workspace with these files added or replaced."""
    copy = shutil.copytree(SHOP, folder / "shop")
    for name, text in changes.items():
        (copy / name).write_text(text)
    return copy


def eventually(look: Callable[[], Seen], holds: Callable[[Seen], bool], seconds: float = PATIENCE) -> Seen:
    """Look until it holds; the test fails with what was seen last."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if holds(seen):
            return seen
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s; seen last: {seen}"
        time.sleep(0.2)


def counted(person: Mapping[str, Any], name: str) -> int:
    counters: Mapping[str, Any] = person.get("counters", {})
    return int(counters[name]["count"]) if name in counters else 0


def track(user: str, name: str, /, message_id: str | None = None, **properties: Any) -> dict[str, Any]:
    made = {"type": "track", "userId": user, "event": name, "properties": properties}
    return made | ({"messageId": message_id} if message_id else {})


def identify(user: str, /, anonymous: str | None = None, **traits: Any) -> dict[str, Any]:
    made = {"type": "identify", "userId": user, "traits": traits}
    return made | ({"anonymousId": anonymous} if anonymous else {})


def settled(found: list[dict[str, Any]]) -> bool:
    """There are messages, and each has its outcome."""
    return bool(found) and all(message["status"] not in ("requested", "waiting") for message in found)
