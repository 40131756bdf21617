"""The keys that are allowed at a place in a workspace's file, and suggestions for unknown ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from shared.authoring.files.models.kinds import KINDS
from shared.authoring.findings import Path
from shared.text.spelling import closest

OTHER_NAMES = {
    "condition": "where", "conditions": "where", "filter": "where", "filters": "where", "if": "where", "when": "where",
    "on": "event", "trigger": "event", "event_name": "event", "name": "event", "type": "channel", "via": "channel",
    "content": "text", "message": "text", "msg": "text", "heading": "title", "payload": "body", "json": "body",
    "schema": "properties", "fields": "properties", "attributes": "properties", "params": "properties",
    "enum": "allowed", "values": "allowed", "one_of": "allowed", "options": "allowed", "min": "minimum",
    "max": "maximum", "regex": "pattern", "pii": "personal", "kind": "type",
    "mandatory": "required", "label": "name", "title": "name", "display_name": "name",
    "mode": "policy", "validation": "policy", "cors": "origins", "domains": "origins", "from": "sender",
    "tracking_plan": "events", "industry": "catalogues",
}  # fmt: skip
"""Names in other systems. They apply only where Headrace's key is allowed."""

NOT_OURS = {
    "format": "There are no formats: describe the text with `pattern`, a regular expression.",
    "optional": "Leave it out: properties without `required: true` are optional.",
}
"""Keys of other systems that Headrace has no equivalent for."""

MOST_LISTED = 12


def advice(kind: type[BaseModel], path: Path) -> str:
    """What to write instead of the unknown key at the path; "" if unknown."""
    name, here = str(path[-1]), keys_at(kind, path[:-1])
    usual = OTHER_NAMES.get(name.lower())
    if name in NOT_OURS and "required" in here:
        return NOT_OURS[name]
    meant = closest(name, here) or (usual if usual in here else None)
    if meant is not None:
        return f"Did you mean `{meant}`?"
    elsewhere = [other for other, model in KINDS.items() if _has(model, name) and model is not kind]
    if elsewhere:
        return f"`{name}` belongs in {elsewhere[0]}.yaml."
    if not here:
        return ""
    listed = ", ".join(f"`{key}`" for key in here[:MOST_LISTED])
    return f"There {'is' if len(here) == 1 else 'are'} {listed}{', …' if len(here) > MOST_LISTED else ''}."


def keys_at(kind: type[BaseModel], path: Path) -> list[str]:
    """The allowed keys, in the order of the model; none where the author chooses the keys."""
    at: Any = kind
    for step in path:
        at = _below(at, step)
    model = _model(at)
    return list(model.model_fields) if model is not None else []


def _below(annotation: Any, step: str | int) -> Any:
    for one in _choices(annotation):
        if isinstance(one, type) and issubclass(one, BaseModel):
            field = one.model_fields.get(str(step))
            if field is not None:
                return field.annotation
        elif _is(one, Mapping):
            return get_args(one)[1]
        elif _is(one, Sequence):
            return get_args(one)[0]
    return None


def _model(annotation: Any) -> type[BaseModel] | None:
    return next(
        (one for one in _choices(annotation) if isinstance(one, type) and issubclass(one, BaseModel)), None
    )


def _choices(annotation: Any) -> list[Any]:
    """The types that a value may have, without their validators."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _choices(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [one for part in get_args(annotation) for one in _choices(part)]
    return [annotation]


def _is(annotation: Any, kind: type) -> bool:
    origin = get_origin(annotation)
    return isinstance(origin, type) and issubclass(origin, kind) and bool(get_args(annotation))


def _has(model: type[BaseModel], name: str) -> bool:
    """Whether the name is a key of the file, or of the documents in it."""
    listed = [_model(_below(field.annotation, "")) for field in model.model_fields.values()]
    return name in model.model_fields or any(one is not None and name in one.model_fields for one in listed)
