"""The property types of a tracking plan, as pydantic-core schemas: the values that each accepts and converts.

A value of another JSON type is coerced only where nothing is lost and one reading is possible: `"39"` is a number,
`39` is the string `39`, `39.0` the integer `39`, `"true"` a boolean; `1.5` is no integer, `1` no boolean, and an epoch
no date. Dates become `date` and `datetime` objects, which orjson writes as ISO 8601.
"""

from __future__ import annotations

import math

from pydantic_core import CoreSchema, PydanticCustomError, SchemaError, SchemaValidator
from pydantic_core import core_schema as schema

from shared.text.numbers import WRITTEN
from shared.workspace.collecting import PropertyDefinition, PropertyType

SMALLEST, LARGEST = -(2**63), 2**63 - 1
"""Integers beyond 64 bits survive neither JSON libraries nor the lake."""

CERTAIN_DIGITS = 15
"""Digits of a float that are certain. Further ones may differ from those that were sent:
https://en.cppreference.com/w/cpp/types/numeric_limits/digits10"""

A_NUMBER = f"^{WRITTEN}$"
A_BOOLEAN = r"^(?i:true|false)$"
A_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"

NOUNS: dict[PropertyType, str] = {
    "string": "a string", "integer": "an integer", "number": "a number", "boolean": "true or false",
    "date": "a date like 2026-11-21", "datetime": "a time like 2026-11-21T18:10:00Z",
    "list": "a list", "object": "an object",
}  # fmt: skip


def property_schema(definition: PropertyDefinition) -> CoreSchema:
    """The schema for a property. Null is not a value: an optional property may be null, a required one may not."""
    found = _schema(definition)
    return found if definition.required else schema.nullable_schema(found)


def _schema(definition: PropertyDefinition) -> CoreSchema:
    match definition.type:
        case "string":
            text = schema.str_schema(strict=True, pattern=definition.pattern)
            number = schema.no_info_plain_validator_function(_digits)
            return _one_of(definition, _either(text, schema.chain_schema([number, text])))
        case "integer":
            return _one_of(definition, _integer(definition))
        case "number":
            return _one_of(definition, _number(definition))
        case "boolean":
            return _one_of(
                definition, _either(schema.bool_schema(strict=True), _text(A_BOOLEAN, schema.bool_schema()))
            )
        case "date":
            return _one_of(definition, _text(A_DATE, schema.date_schema()))
        case "datetime":
            return _one_of(
                definition, _text(A_DATE, schema.datetime_schema(microseconds_precision="truncate"))
            )
        case "list":
            if definition.allowed is None:
                return schema.list_schema(strict=True)
            return schema.list_schema(schema.literal_schema(list(definition.allowed)), strict=True)
        case "object":
            return schema.dict_schema(strict=True)


def _whole(definition: PropertyDefinition, *, strict: bool) -> CoreSchema:
    least = SMALLEST if definition.minimum is None else max(SMALLEST, math.ceil(definition.minimum))
    most = LARGEST if definition.maximum is None else min(LARGEST, math.floor(definition.maximum))
    return schema.int_schema(ge=least, le=most, strict=strict)


def _fraction(definition: PropertyDefinition, *, strict: bool) -> CoreSchema:
    return schema.float_schema(
        ge=definition.minimum, le=definition.maximum, strict=strict, allow_inf_nan=False
    )


def _integer(definition: PropertyDefinition) -> CoreSchema:
    loosely = _whole(definition, strict=False)
    return _either(
        _whole(definition, strict=True),
        schema.chain_schema([schema.float_schema(strict=True, allow_inf_nan=False), loosely]),
        _text(A_NUMBER, loosely),
    )


def _number(definition: PropertyDefinition) -> CoreSchema:
    """An int stays an int and a float a float, so that 1500 is not shown as 1500.0 in a message."""
    loosely = _either(_whole(definition, strict=False), _fraction(definition, strict=False))
    return _either(
        _whole(definition, strict=True), _fraction(definition, strict=True), _text(A_NUMBER, loosely)
    )


def _digits(value: object) -> str:
    """A number as text, if its digits are certain: a float has 15 certain digits."""
    if value.__class__ is int:
        return str(value)
    if value.__class__ is float:
        text = repr(value)
        if (
            len(text.strip("-").replace(".", "").lstrip("0")) <= CERTAIN_DIGITS
            and "e" not in text
            and "n" not in text
        ):
            return text
    raise PydanticCustomError("no_text", "no string, and no number whose digits are certain")


def _either(*choices: CoreSchema) -> CoreSchema:
    """A schema that takes the first choice that fits. The exact type is first, so the usual value needs one attempt."""
    return schema.union_schema(list(choices), mode="left_to_right")


def _text(pattern: str, then: CoreSchema) -> CoreSchema:
    return schema.chain_schema([schema.str_schema(strict=True, pattern=pattern), then])


def _one_of(definition: PropertyDefinition, of_type: CoreSchema) -> CoreSchema:
    """The type's schema followed by the allowed values, which are converted like a client's value."""
    if definition.allowed is None:
        return of_type
    read = SchemaValidator(of_type).validate_python
    return schema.chain_schema(
        [of_type, schema.literal_schema([read(value) for value in definition.allowed])]
    )


def problem(definition: PropertyDefinition) -> str | None:
    """What is wrong with the definition itself, for its author; None if nothing is."""
    if definition.pattern is not None:
        try:
            SchemaValidator(schema.str_schema(pattern=definition.pattern))
        except SchemaError:
            return f"pattern {definition.pattern!r} is no regular expression (nor are look-around and back-references)"
    if definition.allowed is not None and definition.type not in ("list", "object"):
        read = SchemaValidator(_schema(definition.model_copy(update={"allowed": None}))).validate_python
        for value in definition.allowed:
            try:
                read(value)
            except ValueError:
                return f"allowed value {value!r} is not {NOUNS[definition.type]} within the other limits"
    return None
