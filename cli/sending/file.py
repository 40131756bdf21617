"""Events of a file: one, a list, or a batch as our own API takes it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson

from cli.problem import Problem
from cli.sending.event import Call
from shared.events import utc_text


def read(path: str, type_: Call | None) -> tuple[str, object]:
    """The call and the document of a file, or of standard input (`-`): a batch, a list (a batch too) or one event.
    Raises Problem when it is none of them."""
    try:
        text = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise Problem(f"{path} cannot be read: {error.strerror}") from error
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Problem(f"{path} is not JSON: {error}") from error
    if isinstance(document, list):
        return "batch", {"batch": document, "sentAt": utc_text(datetime.now(UTC))}
    if not isinstance(document, dict):
        raise Problem(f"{path} has neither an event nor a list of them")
    if "batch" in document and type_ is None:
        return "batch", document
    call = type_ or document.get("type") or Call.TRACK
    if call not in set(Call):
        raise Problem(f"{path} has an event of the type {call}", f"There are: {', '.join(Call)}")
    return str(call), document
