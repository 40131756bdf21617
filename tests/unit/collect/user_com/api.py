"""User.com's API: requests sent to it and read from it."""

from __future__ import annotations

from pathlib import Path

import orjson

from functions.collect.protocols import find
from tests.fakes import process_stage
from tests.fakes.collect_stage import LENIENT, Answer, Stage

ROOT = Path(__file__).parents[4]
PAGE = (ROOT / "docs" / "protocols" / "user-com.md").read_text(encoding="utf-8")
REQUESTS = {
    file.stem: request
    for file in sorted((ROOT / "tests" / "payloads" / "user_com").glob("*.json"))
    if "body" in (request := orjson.loads(file.read_bytes())["request"])
    and (found := find(request["path"].rstrip("/"))) is not None
    and request["method"] in found.routes
}
"""Of the pairs, those that bring something."""

REST, SDK = "/api/public", "/api/sdk/v1"


def send(stage: Stage, path: str, body: object, key: str = LENIENT, **headers: str) -> Answer:
    """A POST to User.com's API with `key` for its token."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return stage.post(
        path, body, {"Authorization": f"Token {key}", "Accept": "*/*; version=2", **named}, key=None
    )


def read(stage: Stage, path: str, query: str = "", **headers: str) -> Answer:
    """What User.com's API answers who reads."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return stage.request("GET", path, b"", {"authorization": f"Token {LENIENT}", **named}, query=query)


def processed(stage: Stage) -> None:
    """What was stored so far becomes profiles, which the stage reads."""
    process = process_stage.Stage(stage.workspaces.load(1))
    process.profiles = stage.profiles
    process.restart()
    for entry in stage.stream.entries:
        process.deliver(process.lambda_record(entry.key, entry.data, stage.now))
    assert not process.dead_letters.letters
    stage.stream.entries.clear()
