"""Values that stand for a real event's and a real person's in a template.

The plan's definitions say what a property is; where they say nothing, as of traits, a text stands there, or what the
template's own use of it asks for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic_core import SchemaValidator, ValidationError

from shared.events import utc_text
from shared.plan.property_types import property_schema
from shared.templates.render import Use
from shared.workspace.model import EventDefinition, PropertyDefinition

AT = datetime(2026, 1, 15, 12, tzinfo=UTC)

TEXTS = ("sample", utc_text(AT), "1")
"""What a text may be where a filter asks for a time or a number."""

PEOPLE = {"first_name": "Ann", "last_name": "Smith", "name": "Ann Smith"}
BY_NAME = {
    "email": "ann@example.com", "phone": "+15550100100", "city": "Berlin", "country": "DE", "language": "en",
    "locale": "en-GB", "currency": "USD", "url": "https://example.com/", "image_url": "https://example.com/a.png",
}  # fmt: skip
"""So that a preview reads well: traits are a person's, properties anything's."""

FOR_PATTERNS = (
    "USD",
    "DE",
    "en",
    "1",
    "1234",
    "12345678",
    "a",
    "A1",
    "+15550100100",
    "ann@example.com",
    "#ffffff",
)
LIST_STEPS = frozenset({"first", "last", "size"})


def sample_values(
    uses: Iterable[Use], definition: EventDefinition | None, text: str = TEXTS[0], of_plan: str | None = None
) -> dict[str, Any]:
    """What `templates.variables` makes of an event and a person who have everything that is used, and all the plan's
    definition has. `text` stands where nothing says what a text should be, `of_plan` where the plan says it is one."""
    properties = definition.properties if definition is not None else {}
    paths = [use.path for use in uses]
    return {
        "event": {
            "id": "018d0c2e-sample",
            "name": definition.id if definition is not None else "Sample Event",
            "occurred_at": utc_text(AT),
        },
        "properties": {name: _defined(one, name, of_plan or text) for name, one in properties.items()}
        | {
            name: _undefined(name, tails, text)
            for name, tails in _below("properties", paths).items()
            if name not in properties or (any(tails) and properties[name].type in ("object", "list"))
        },
        "traits": {name: _undefined(name, tails, text) for name, tails in _below("traits", paths).items()},
        "person": {"user_id": "u1"},
    }


def _below(root: str, paths: Iterable[Sequence[Any]]) -> dict[str, list[Sequence[Any]]]:
    """What is used below each name of the root; names that only another variable's value says are left out."""
    found: dict[str, list[Sequence[Any]]] = {}
    for path in paths:
        if len(path) > 1 and path[0] == root and all(isinstance(step, str | int) for step in path):
            found.setdefault(str(path[1]), []).append(path[2:])
    return found


def _undefined(name: str, tails: Iterable[Sequence[Any]], text: str) -> Any:
    """A value with everything that is used below it."""
    deeper = [tail for tail in tails if tail]
    if not deeper:
        return _named(name, text, {**BY_NAME, **PEOPLE})
    if any(isinstance(tail[0], int) or tail[0] in LIST_STEPS for tail in deeper):
        length = 1 + max((tail[0] for tail in deeper if isinstance(tail[0], int)), default=0)
        return [_undefined(name, [tail[1:] for tail in deeper if tail[0] != "size"], text)] * min(length, 100)
    inner: dict[str, list[Sequence[Any]]] = {}
    for tail in deeper:
        inner.setdefault(str(tail[0]), []).append(tail[1:])
    return {key: _undefined(key, below, text) for key, below in inner.items()}


def _defined(definition: PropertyDefinition, name: str, text: str) -> Any:
    allowed = definition.allowed
    match definition.type:
        case "list":
            return list(allowed[:1]) if allowed else []
        case "object":
            return {}
        case _ if allowed:
            return allowed[0]
        case "string":
            return _fitting(definition, name, text)
        case "integer":
            return math.ceil(_within(definition, 2))
        case "number":
            return _within(definition, 19.9)
        case "boolean":
            return True
        case "date":
            return utc_text(AT)[:10]
        case "datetime":
            return utc_text(AT)


def _within(definition: PropertyDefinition, usual: float) -> float:
    least = -math.inf if definition.minimum is None else definition.minimum
    most = math.inf if definition.maximum is None else definition.maximum
    return min(max(usual, least), most)


def _named(name: str, text: str, by_name: Mapping[str, str]) -> str:
    """The usual text says what it is a sample of; others are of their kind."""
    return by_name.get(name, f"{text} {name.replace('_', ' ')}") if text == TEXTS[0] else text


def _fitting(definition: PropertyDefinition, name: str, text: str) -> str:
    """A text that its pattern takes, if one of ours is."""
    usual = _named(name, text, BY_NAME)
    if definition.pattern is None:
        return usual
    takes = SchemaValidator(property_schema(definition)).validate_python
    for candidate in (usual, *FOR_PATTERNS):
        try:
            takes(candidate)
        except ValidationError:
            continue
        return candidate
    return usual


def may_be_anything(use: Use, properties: Mapping[str, PropertyDefinition]) -> bool:
    """Whether it may be a text with quotation marks in it: no plan's type, pattern or list of values forbids it."""
    definition = (
        properties.get(str(use.path[1])) if use.path[0] == "properties" and len(use.path) > 1 else None
    )
    if use.path[0] in ("event", "person"):
        return bool(use.path[-1] == "user_id")
    return definition is None or (
        definition.type in ("string", "object", "list")
        and definition.allowed is None
        and definition.pattern is None
    )
