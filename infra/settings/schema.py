"""`python -m infra.settings.schema` writes the JSON Schema of headrace.yaml, with which editors complete and check."""

from __future__ import annotations

import sys
from typing import Any

import orjson

from infra.settings.file import ADAPTER, NAMES, SECTIONS
from shared.authoring.files.json_schema import DRAFT


def schema() -> dict[str, Any]:
    found = ADAPTER.json_schema()
    settings = {name: _plain(found["properties"][name]) for name in found["properties"] if name in NAMES}
    section = {"type": ["object", "null"], "properties": settings, "additionalProperties": False}
    return {
        "$schema": DRAFT,
        "title": "headrace.yaml",
        "type": "object",
        "properties": {name: {"$ref": "#/$defs/Section"} for name in SECTIONS},
        "additionalProperties": False,
        "$defs": {**found["$defs"], "Section": section},
    }


def _plain(setting: dict[str, Any]) -> dict[str, Any]:
    """Without a default, which is another in every stage, and with the description on one line."""
    described = {"description": " ".join(setting["description"].split()).replace("None", "null")}
    return {name: value for name, value in setting.items() if name not in ("default", "title")} | described


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(schema(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
