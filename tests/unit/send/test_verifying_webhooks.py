"""A receiver that follows docs/workspace.md takes what Headrace signs, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.send_stage import SendStage

PAGE = Path(__file__).resolve().parents[3] / "docs" / "workspace.md"
SECTION = PAGE.read_text(encoding="utf-8").split("### Verify what a webhook says\n")[1].split("\n## ")[0]
SECRET = "s3cret"

Posted = tuple[Mapping[str, str], bytes]


@pytest.fixture
def posted() -> tuple[SendStage, Posted]:
    stage = SendStage("webhook")
    stage.person()
    stage.queue()
    stage.invoke()
    ((_, body, headers),) = stage.webhook.posted
    return stage, (headers, body)


def documented(
    monkeypatch: pytest.MonkeyPatch, now: float
) -> Callable[[str, Mapping[str, str], bytes], bool]:
    [example] = re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)  # our own page
    monkeypatch.setattr(names["time"], "time", lambda: now)
    function: Callable[[str, Mapping[str, str], bytes], bool] = names["is_headrace"]
    return function


@pytest.mark.parametrize(("seconds_later", "is_taken"), [(0, True), (300, True), (301, False), (-301, False)])
def test_the_documented_receiver_takes_what_send_signs_for_five_minutes(
    posted: tuple[SendStage, Posted], monkeypatch: pytest.MonkeyPatch, seconds_later: int, is_taken: bool
) -> None:
    stage, (headers, body) = posted
    is_headrace = documented(monkeypatch, int(stage.now.timestamp()) + seconds_later)

    assert is_headrace(SECRET, headers, body) is is_taken


def test_the_documented_receiver_refuses_everything_else(
    posted: tuple[SendStage, Posted], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, (headers, body) = posted
    now = int(stage.now.timestamp())
    is_headrace = documented(monkeypatch, now)

    assert not is_headrace("another secret", headers, body)
    assert not is_headrace(SECRET, headers, body + b" ")
    assert not is_headrace(SECRET, {**headers, "Headrace-Timestamp": str(now + 1)}, body)
    assert not is_headrace(SECRET, {**headers, "Headrace-Timestamp": "soon"}, body)
    assert not is_headrace(SECRET, {**headers, "Headrace-Signature": "v1=é"}, body)
    assert not is_headrace(SECRET, {}, body)


def test_every_header_of_ours_is_documented(posted: tuple[SendStage, Posted]) -> None:
    _, (headers, _) = posted

    ours = set(headers) - {"Content-Type", "User-Agent"}
    assert set(re.findall(r"^\| `([A-Za-z-]+)` \|", SECTION, re.MULTILINE)) == ours
