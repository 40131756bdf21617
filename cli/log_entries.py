"""A line of a function's log as people read it: level, message and fields, of the four forms that there are.

Powertools' logger and Lambda's own write JSON with `level` and `message`; metrics come as CloudWatch's embedded format,
where collect has the request's status beside them, and other functions a message; Lambda's platform writes JSON or
words; the rest is text.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

PLATFORM = ("START RequestId", "END RequestId", "REPORT RequestId", "INIT_START", "RESTORE_")
"""How the lines begin that Lambda writes itself, where its log format is text."""

ABOUT_THE_LINE = frozenset(
    {
        "_aws", "level", "location", "message", "timestamp", "service", "exception", "stack_trace", "requestId",
        "logger", "xray_trace_id",
    }
)  # fmt: skip
"""What is no field of an entry: it is shown elsewhere, or tells nothing of what happened."""

REFUSED, FAILED = 400, 500
"""HTTP statuses from which on a request is worth a look, and is our fault."""


class LogEntry(NamedTuple):
    """`more` is what does not fit into a line, such as a traceback. `is_measure`: counts for CloudWatch alone, without
    words."""

    level: str
    message: str
    fields: dict[str, Any]
    more: str = ""
    is_measure: bool = False

    @property
    def is_news(self) -> bool:
        """Whether anything happened: a round that counted nothing says so every few seconds."""
        if self.is_measure:
            return False
        if self.level not in ("", "INFO", "DEBUG"):
            return True
        values = self.fields.values()
        return not values or any(_counts_something(value) for value in values)


def is_of_the_platform(text: str) -> bool:
    """Lambda's own lines, of which it writes three per call."""
    if text.startswith(PLATFORM):
        return True
    return text.startswith("{") and str(read(text).get("type", "")).startswith("platform.")


def entry(text: str) -> LogEntry:
    said = read(text)
    if "_aws" in said:
        return _measured(said)
    if "message" not in said:
        first, _, rest = text.partition("\n")
        return LogEntry("", first, {}, rest)
    more = said.get("exception") or "\n".join(map(str, said.get("stack_trace") or ()))
    return LogEntry(str(said.get("level", "")), str(said["message"]), _fields(said), str(more))


def _measured(said: dict[str, Any]) -> LogEntry:
    """Counts of nothing are left out, unless all are."""
    fields = {
        name: value[0] if isinstance(value, list) and len(value) == 1 else value
        for name, value in _fields(said).items()
    }
    shown = {name: value for name, value in fields.items() if value not in (0, None)} or fields
    status = fields.get("status")
    if "message" in said:
        return LogEntry("INFO", str(said["message"]), _without_prefix(shown, of=said))
    if not isinstance(status, int):
        return LogEntry("INFO", "", shown, is_measure=True)
    level = "ERROR" if status >= FAILED else "WARNING" if status >= REFUSED else "INFO"
    message = " ".join(str(shown.pop(name)) for name in ("method", "status", "code") if name in shown)
    return LogEntry(level, message, shown)


def _without_prefix(shown: dict[str, Any], *, of: dict[str, Any]) -> dict[str, Any]:
    """A function's metrics are named for it: `process_events` is shown as `events` beside its name."""
    metrics = [name for name, value in of.items() if isinstance(value, list)]
    prefixes = {name.partition("_")[0] for name in metrics}
    if len(prefixes) != 1:
        return shown
    (prefix,) = prefixes
    return {
        name.removeprefix(f"{prefix}_") if name in metrics else name: value for name, value in shown.items()
    }


def _fields(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in ABOUT_THE_LINE}


def _counts_something(value: object) -> bool:
    """A fraction of a second is nothing."""
    return abs(value) >= 1 if isinstance(value, int | float) and value is not True else bool(value)


def read(text: str) -> dict[str, Any]:
    """The line's JSON object; none is an empty one."""
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return said if isinstance(said, dict) else {}
