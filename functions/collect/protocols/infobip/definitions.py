"""Infobip's event definitions as the tracking plan's, and back.

https://www.infobip.com/docs/api/customer-engagement/people/create-event-definition
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from shared.workspace.collecting import EventDefinition, PropertyDefinition, PropertyType

TYPES: dict[str, PropertyType] = {
    "String": "string",
    "Boolean": "boolean",
    "DateTime": "datetime",
    "Numeric": "integer",
    "Decimal": "number",
    "List": "list",
}
"""What a definition from Infobip's client makes."""

NAMES: dict[PropertyType, str] = {
    **{ours: theirs for theirs, ours in TYPES.items()},
    "date": "DateTime",
    "object": "String",
}
"""What a property of the plan is to Infobip's client, which knows no dates without a time and no single objects."""

ID = re.compile(r"[a-zA-Z0-9]{1,36}")
FIELD_NAME = re.compile(r"[a-z_0-9][a-zA-Z0-9_]*")
LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_NAME = 100, 2000, 128
MOST_FIELDS, MOST_ITEM_FIELDS = 120, 128


class Wrong(NamedTuple):
    """A broken rule: the field, as the client's document has it, and a sentence."""

    field: str
    message: str


Check = Callable[[dict[str, Any], str], Iterator[Wrong]]
"""Of one field, at a place of the document."""


class Read(NamedTuple):
    """`definition` is whole only if nothing is `wrong`. `warnings` are of rules we are easier about than Infobip."""

    definition: EventDefinition | None
    wrong: list[Wrong]
    warnings: list[str]


def told(definition: EventDefinition) -> dict[str, Any]:
    """The definition as Infobip's client reads it."""
    return {
        "isInternalDefinition": False,
        "category": "external",
        "definitionId": definition.id,
        "title": definition.name,
        "description": definition.description or None,
        "fields": [
            {"name": name, "type": NAMES[wanted.type]} for name, wanted in definition.properties.items()
        ],
    }


def read(document: object, id_: object, known: EventDefinition | None) -> Read:
    """A definition out of the body of a call. `known` is the one of the plan that it extends.

    A field that the plan has already keeps the plan's type, if that is Infobip's type in another word.
    """
    if not isinstance(document, dict):
        return Read(None, [Wrong("body", "the body must be a JSON object")], [])
    wrong = [*_id(id_, known), *_words(document, is_new=known is None)]
    fields = document.get("fields")
    if fields is None:
        fields = []
    if not isinstance(fields, list):
        return Read(None, [*wrong, Wrong("fields", "fields must be a list of objects")], [])
    wrong += _fields(fields, "fields", MOST_FIELDS, _field)
    if wrong:
        return Read(None, wrong, [])
    before = known.properties if known is not None else {}
    properties = {field["name"]: _property(field, before.get(field["name"])) for field in fields}
    if wrong := list(_together(properties, before)):
        return Read(None, wrong, [])
    name = document.get("title") or (known.name if known is not None else str(id_))
    description = document.get("description")
    if description is None:
        description = known.description if known is not None else ""
    made = EventDefinition(id=str(id_), name=name, description=description, properties=properties)
    return Read(made, [], [*_leading_digits(properties)])


def _id(id_: object, known: EventDefinition | None) -> Iterator[Wrong]:
    """One that is there may have any id: the plan's own files are not held to Infobip's rule."""
    if known is None and not (isinstance(id_, str) and ID.fullmatch(id_)):
        yield Wrong("definitionId", "definitionId must be 1 to 36 letters (a-z, A-Z) and digits")


def _words(document: dict[str, Any], *, is_new: bool) -> Iterator[Wrong]:
    title, description = document.get("title"), document.get("description")
    if document.get("templateId") is not None:
        yield Wrong("templateId", "there are no templates here; give definitionId, title and fields")
    if (title is not None or is_new) and not (isinstance(title, str) and 0 < len(title) <= LONGEST_TITLE):
        yield Wrong("title", f"title must be a text of 1 to {LONGEST_TITLE} characters")
    if description is not None and not (
        isinstance(description, str) and len(description) <= LONGEST_DESCRIPTION
    ):
        yield Wrong("description", f"description must be a text of at most {LONGEST_DESCRIPTION} characters")


def _together(
    new: dict[str, PropertyDefinition], before: Mapping[str, PropertyDefinition]
) -> Iterator[Wrong]:
    """What the definition's old and new fields must be together; what the plan's own files say is not judged."""
    added = {name: wanted for name, wanted in new.items() if name not in before}
    names = {name.lower(): name for name in before}
    for name in added:
        if other := names.get(name.lower()):
            yield Wrong("fields", f"{name} must differ from {other}, which is there, by more than its case")
    lists = [name for name, wanted in {**before, **added}.items() if wanted.type == "list"]
    if len(lists) > 1 and any(name in added for name in lists):
        yield Wrong(
            "fields", f"a definition has at most one field of type List; {' and '.join(lists[-2:])} would be"
        )
    if len(before) + len(added) > MOST_FIELDS and added:
        yield Wrong("fields", f"a definition has at most {MOST_FIELDS} fields")


def _fields(fields: list[Any], path: str, most: int, check: Check) -> Iterator[Wrong]:
    if len(fields) > most:
        yield Wrong(path, f"{path} holds at most {most} fields, {len(fields)} came")
        return
    seen: dict[str, str] = {}
    for position, field in enumerate(fields):
        at = f"{path}[{position}]"
        if not isinstance(field, dict):
            yield Wrong(at, f"{at} must be an object with name and type")
            continue
        name = field.get("name")
        if not (isinstance(name, str) and len(name) <= LONGEST_NAME and FIELD_NAME.fullmatch(name)):
            yield Wrong(
                f"{at}.name",
                f"{at}.name must start with a lowercase letter and go on with letters, digits and underscores, "
                f"at most {LONGEST_NAME} characters",
            )
        elif name.lower() in seen:
            yield Wrong(
                f"{at}.name", f"{at}.name must differ from {seen[name.lower()]} by more than its case"
            )
        else:
            seen[name.lower()] = at
        yield from check(field, at)


def _field(field: dict[str, Any], at: str) -> Iterator[Wrong]:
    type_, schema = field.get("type"), field.get("schema")
    if not (isinstance(type_, str) and type_ in TYPES):
        yield Wrong(f"{at}.type", f"{at}.type must be one of {', '.join(TYPES)}")
    elif type_ != "List":
        if schema is not None:
            yield Wrong(f"{at}.schema", f"{at}.schema is for fields of type List")
    elif schema is not None:
        yield from _schema(schema, f"{at}.schema")


def _schema(schema: object, at: str) -> Iterator[Wrong]:
    """Of a list's items: flat objects. It is checked and not kept: the plan knows a list, not what is in it."""
    fields = schema.get("fields") if isinstance(schema, dict) else None
    if not isinstance(schema, dict) or schema.get("type") != "Object" or not isinstance(fields, list):
        yield Wrong(at, f"{at} must be an object of type Object with a list of fields")
        return
    if not fields:
        yield Wrong(f"{at}.fields", f"{at}.fields needs at least one field")
    yield from _fields(fields, f"{at}.fields", MOST_ITEM_FIELDS, _item_field)


def _item_field(field: dict[str, Any], at: str) -> Iterator[Wrong]:
    type_ = field.get("type")
    flat = [name for name in TYPES if name != "List"]
    if type_ not in flat:
        yield Wrong(f"{at}.type", f"{at}.type must be one of {', '.join(flat)}")


def _property(field: dict[str, Any], known: PropertyDefinition | None) -> PropertyDefinition:
    if known is not None and NAMES[known.type] == field["type"]:
        return known
    return PropertyDefinition(type=TYPES[field["type"]])


def _leading_digits(properties: dict[str, PropertyDefinition]) -> Iterator[str]:
    for name in properties:
        if name[0].isdigit():
            yield f"{name} starts with a digit: taken here, refused by Infobip"
