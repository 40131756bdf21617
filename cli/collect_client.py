"""Sending to the stack's collect API, as any client does: over HTTP, with a source's write key."""

from __future__ import annotations

import base64
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

import orjson

from cli.problem import Problem
from cli.stacks import Stack
from shared.aws.secrets import StackSecret

SECONDS = 30
PREFERRED = "strict"
"""The source that is used when none is named and there is one of that name: mistakes are seen with it."""


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


def write_keys(stack: Stack) -> dict[str, str]:
    """Each source's write key, out of the stack's secret; a stack without a workspace has one source, `default`."""
    secret = StackSecret(stack["SecretArn"]).read()
    sources = secret.get("sources")
    if not isinstance(sources, dict) or not sources:
        return {"default": str(secret["default_write_key"])}
    return {source: keys["write_key"] for source, keys in sources.items()}


def write_key(stack: Stack, source: str | None) -> str:
    """Raises Problem when there is no such source, or when one must be chosen."""
    keys = write_keys(stack)
    chosen = source or (PREFERRED if PREFERRED in keys else next(iter(keys)) if len(keys) == 1 else None)
    if chosen is None or chosen not in keys:
        said = (
            f"There is no source {chosen}"
            if chosen
            else "There are several sources: choose one with --source"
        )
        raise Problem(said, f"There are: {', '.join(sorted(keys))}")
    return keys[chosen]


def post(collect_url: str, call: str, key: str, document: object) -> Answer:
    """POST /v1/<call>. Raises Problem when there is no answer, or one that is not collect's."""
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
        raise Problem(f"{collect_url} does not answer: {error}", "headrace status says what runs.") from error


def _answer(status: int, data: bytes) -> Answer:
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise Problem(f"Collect answered {status} without a verdict: {data[:200]!r}", "headrace logs collect")
    return Answer(status, body)
