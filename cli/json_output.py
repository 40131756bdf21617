"""JSON on standard output, for `--json`."""

from __future__ import annotations

import sys

import orjson


def print_json(value: object) -> None:
    """Indented, for people who look at it too."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")


def print_json_line(value: object) -> None:
    """One line, at once: for output that goes on."""
    sys.stdout.write(orjson.dumps(value).decode() + "\n")
    sys.stdout.flush()
