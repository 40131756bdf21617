"""Values as Athena writes them: the emulator answers with DuckDB's, in Python's notation."""

from __future__ import annotations

from datetime import UTC, datetime

from ministack.services import athena


def write_as_athena_does() -> None:
    athena._datum_text = text


def text(value: object) -> str:
    """`{a=1, b=[x, null]}`, `true`, and times with milliseconds."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{text(key)}={text(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(text(inner) for inner in value) + "]"
    if isinstance(value, datetime):
        moment = (value.astimezone(UTC) if value.tzinfo else value).replace(tzinfo=None)
        return moment.isoformat(sep=" ", timespec="milliseconds") + (" UTC" if value.tzinfo else "")
    return str(value)
