"""Sending to the stack's collect API, as any client does: over HTTP, with a source's write key."""

from __future__ import annotations

import base64
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

import orjson

from cli import source_keys
from cli.problem import Problem
from cli.stacks import Stack

SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """What collect said. `body` is its JSON."""

    status: int
    body: dict[str, Any]

    @property
    def accepted(self) -> int:
        return int(self.body.get("accepted", 0))

    @property
    def rejected(self) -> list[dict[str, Any]]:
        return list(self.body.get("rejected", []))

    @property
    def is_all_accepted(self) -> bool:
        return self.status == 200 and not self.rejected


def write_key(stack: Stack, source: str | None) -> str:
    """The write key of the source, or of the default source if none is named. Raises Problem if there is none."""
    found = source_keys.of_stack(stack)
    keys = source_keys.write_keys(found)
    chosen = source or source_keys.preferred(found)
    if chosen in keys:
        return keys[chosen]
    if any(one.source == chosen for one in found):
        raise Problem(
            f"The source {chosen} has no write key in the stack's secret",
            source_keys.RESTORE,
        )
    said = (
        f"There is no source {chosen}" if chosen else "The applied workspace has no source with a write key"
    )
    raise Problem(said, f"There are: {', '.join(one.source for one in found) or 'none'}")


def post(collect_url: str, call: str, key: str, document: object) -> Answer:
    """POST /v1/<call>. Raises Problem if there is no answer, or it is not collect's."""
    request = urllib.request.Request(  # noqa: S310 - the stack's own URL
        f"{collect_url}/v1/{call}",
        data=orjson.dumps(document),
        headers={
            "Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode(),
            "Content-Type": "application/json",
            "User-Agent": "headrace-command",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310
            return _answer(response.status, response.read())
    except urllib.error.HTTPError as error:
        return _answer(error.code, error.read())
    except OSError as error:
        raise Problem(
            f"{collect_url} does not answer: {error}", "`headrace status` shows what is running."
        ) from error


def _answer(status: int, data: bytes) -> Answer:
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise Problem(f"Collect answered {status} without a verdict: {data[:200]!r}", "headrace logs collect")
    return Answer(status, body)
