"""JSON Schemas of the workspace files, for editors: completion, explanations and errors while typing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.authoring.files.key_descriptions import KEY_DESCRIPTIONS
from shared.authoring.files.models.kinds import KINDS
from shared.conditions import matcher

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schemas, by kind of file."""
    return {kind: _schema(kind) for kind in KINDS}


def _schema(kind: str) -> dict[str, Any]:
    found = KINDS[kind].model_json_schema()
    definitions: dict[str, Any] = found.setdefault("$defs", {})
    described = {model.__name__: keys for model, keys in KEY_DESCRIPTIONS.items()}
    for name, definition in [(KINDS[kind].__name__, found), *definitions.items()]:
        for key, sentence in described.get(name, {}).items():
            definition["properties"][key]["description"] = sentence
    if kind == "campaigns":
        condition = matcher.json_schema()
        definitions.update(condition.pop("$defs", {}))
        where = definitions["CampaignFile"]["properties"]["where"]
        definitions["CampaignFile"]["properties"]["where"] = {
            **condition,
            "description": where["description"],
        }
    return {"$schema": DRAFT, **_without_titles(found)}


def _without_titles(schema: Any) -> Any:
    """Pydantic's titles repeat the key; editors would show them instead of the description."""
    if isinstance(schema, Mapping):
        return {
            key: _without_titles(value)
            for key, value in schema.items()
            if key != "title" or not isinstance(value, str)
        }
    if isinstance(schema, list):
        return [_without_titles(item) for item in schema]
    return schema
