"""Check an event's properties against its definition, and convert them.

One pydantic-core validator per definition, made when the first event asks for it (about 0.1 ms) and kept as
long as the workspace's version. Definitions apply to `track` by the event's name, and to `page` and `screen` when one
of that id exists.

- `strict`: unknown events and undefined properties are refused.
- `lenient`: both are taken, and observed; an undefined property is kept as a string, objects and lists as JSON.
- `observe`: everything is taken as it came; the reasons are only reported.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from pydantic_core import PydanticCustomError, SchemaValidator, ValidationError
from pydantic_core import core_schema as schema

from shared.plan.errors import reasons_in, shown, unwritable
from shared.plan.property_types import property_schema
from shared.plan.reasons import Code, Observation, Reason
from shared.workspace.collecting import CollectingWorkspace, EventDefinition, Policy

Properties = dict[str, Any]
Validate = Callable[[Properties], Properties]

CHECKED_TYPES = ("track", "page", "screen")
_NOTHING_WRONG: list[Reason] = []
_EVENT_TAKEN = [
    Reason(Code.UNKNOWN_EVENT, "name", "the tracking plan has no such event", Observation.UNKNOWN_EVENT)
]
_PROPERTY_TAKEN = [
    Reason(
        Code.UNKNOWN_PROPERTY,
        "properties",
        "a property is none of the event's in the tracking plan",
        Observation.UNKNOWN_PROPERTY,
    )
]
"""The reason for lenient sources. They may send many undefined properties, so no sentence is made for each."""


class Plan:
    """The definitions of one workspace version."""

    def __init__(self, workspace: CollectingWorkspace) -> None:
        self._definitions = workspace.definition_by_id
        self._known: dict[str, Validate] = {}
        self._whole: dict[tuple[str, Policy], Validate] = {}

    def check(
        self, name: str, type_: str, properties: Properties, policy: Policy
    ) -> tuple[Properties, list[Reason]]:
        """The properties as they are to be kept, and the broken rules (none, as a rule; under `observe` no refusal, and
        no more is one with an observation).

        The properties given are not changed; with reasons they are given back as they came.
        """
        if type_ not in CHECKED_TYPES:
            return properties, _NOTHING_WRONG
        validate = self._known.get(name)
        if validate is None:
            definition = self._definitions.get(name)
            if definition is None:
                return (
                    _undefined(name, properties, policy) if type_ == "track" else (properties, _NOTHING_WRONG)
                )
            validate = self._known[name] = SchemaValidator(_known_schema(definition)).validate_python
        try:
            kept = validate(properties)
            if len(kept) == len(properties):
                return kept, _NOTHING_WRONG
        except ValidationError:
            pass  # what is undefined belongs to the reasons too
        try:
            return self._whole_validator(name, policy)(properties), _PROPERTY_TAKEN
        except ValidationError as error:
            return properties, reasons_in(error, self._definitions[name], properties)

    def _whole_validator(self, name: str, policy: Policy) -> Validate:
        validate = self._whole.get((name, policy))
        if validate is None:
            whole = _whole_schema(self._definitions[name], lenient=policy == "lenient")
            validate = self._whole[name, policy] = SchemaValidator(whole).validate_python
        return validate


def _fields(definition: EventDefinition) -> dict[str, schema.TypedDictField]:
    return {
        name: schema.typed_dict_field(property_schema(wanted), required=wanted.required)
        for name, wanted in definition.properties.items()
    }


def _known_schema(definition: EventDefinition) -> schema.CoreSchema:
    """Leaves undefined properties out: counting afterwards is faster than to look at each."""
    return schema.typed_dict_schema(_fields(definition), extra_behavior="ignore")


def _whole_schema(definition: EventDefinition, *, lenient: bool) -> schema.CoreSchema:
    if lenient:
        text = schema.no_info_plain_validator_function(_as_text)
        return schema.typed_dict_schema(_fields(definition), extra_behavior="allow", extras_schema=text)
    return schema.typed_dict_schema(_fields(definition), extra_behavior="forbid")


def _undefined(name: str, properties: Properties, policy: Policy) -> tuple[Properties, list[Reason]]:
    if policy == "lenient":
        try:
            return {key: _as_text(value) for key, value in properties.items()}, _EVENT_TAKEN
        except PydanticCustomError:
            return properties, unwritable("properties", properties)
    sentence = f"the tracking plan has no event {shown(name)}"
    return properties, [Reason(Code.UNKNOWN_EVENT, "name", sentence)]


def _as_text(value: object) -> object:
    """A string stays one and null stays no value; anything else becomes its JSON."""
    if value is None or type(value) is str:
        return value
    try:
        return orjson.dumps(value).decode()
    except TypeError as error:  # nested deeper than orjson writes
        raise PydanticCustomError("malformed", "cannot be written as JSON") from error
