"""`python -m infra.settings.example` writes headrace.example.yaml: every setting, explained, with its default."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from textwrap import wrap
from typing import Any

import orjson

from infra.settings.changed import as_written
from infra.settings.file import ADAPTER, NAMES
from infra.settings.stages import DEV, LOCAL, PROD

HEAD = """\
# yaml-language-server: $schema=docs/schemas/settings.json
# Every setting, with its default behind a `#`. `make settings` writes this file out of infra/settings.
#
# Put your settings into `headrace.yaml` in this folder, which git ignores, or into any file that the
# environment names: HEADRACE_SETTINGS=../headrace.yaml. Write only what you change; the rest keeps its default and
# follows it when you update Headrace. `headrace settings --stage prod` shows the values in force, and why.
#
# A section is for one stage, and `all` is for every stage; a stage's own section wins over `all`. In a setting by
# channel ({email: ..., sms: ...}) only the channels that you name change. Prices are those of us-east-1, without free
# tiers.

# all:
#   alarm_email: ops@shop.example
"""
WIDTH = 110


def lines() -> Iterator[str]:
    prod, dev, local = map(as_written, (PROD, DEV, LOCAL))
    yield "\nprod:"
    for name in prod:
        if name in NAMES:
            yield from _explained(name)
            yield from _setting(name, prod[name])
    for stage, values in (("dev", dev), ("local", local)):
        yield f"\n# What differs in {stage}:\n{stage}:"
        for name, value in values.items():
            if name in NAMES and value != prod[name]:
                yield from _setting(name, value)


def _explained(name: str) -> Iterator[str]:
    said = ADAPTER.json_schema()["properties"][name]["description"]
    yield ""
    for line in wrap(" ".join(said.split()).replace("None", "null"), WIDTH, break_on_hyphens=False):
        yield f"  ## {line}"


def _setting(name: str, value: Any) -> Iterator[str]:
    yield f"  # {name}: {_shown(value)}"


def _shown(value: Any) -> str:
    """As a person would write it in YAML, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_shown(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    if isinstance(value, float):
        return f"{value:g}"
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def text() -> str:
    return HEAD + "\n".join(lines()) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
