"""docs/collecting.md says what the code does: every reason, every path, and a hash that is accepted."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from functions.collect.protocols.twilio_segment import ROUTES
from functions.collect.verification import verify
from shared.reasons import Code, Observation

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "collecting.md").read_text(encoding="utf-8")


def test_every_reason_is_explained() -> None:
    explained = set(re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \|", TEXT, re.MULTILINE))
    codes = {code for cell in explained for code in re.findall(r"`([a-z_]+)`", cell)}
    assert codes >= {code.value for code in (*Code, *Observation)}


def test_every_call_is_named() -> None:
    assert {route.call for route in ROUTES if route.kind == "events"} <= set(
        re.findall(r"`(?:POST /v1/)?([a-z]+)`", TEXT)
    )


def test_the_hash_of_the_example_is_accepted() -> None:
    [example] = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    given: dict[str, Any] = {"identity_secret": "s3cret", "user_id": "u1"}
    exec(example, given)

    fields: dict[str, Any] = {"user_id": "u1", "context": {"user_hash": given["user_hash"]}}
    verify(fields, b"s3cret")

    assert fields["verified"] == ["user"]
