"""Comparisons that can never hold, because the property's definition says otherwise."""

from __future__ import annotations

from shared.plan.property_types import NOUNS
from shared.workspace.model import PropertyDefinition

NUMBERS = ("more_than", "at_least", "less_than", "at_most")
TIMES = ("before", "after", "within_days", "older_than_days")
TEXTS = ("starts_with", "ends_with", "like")

COMPARABLE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(NUMBERS, ("integer", "number")),
    **dict.fromkeys(TIMES, ("date", "datetime", "string")),
    **dict.fromkeys(TEXTS, ("string", "date", "datetime")),
    "contains": ("string", "list"),
}
"""The types that an operator can say anything about; others it is open to all."""

TEXTUAL = ("string", "date", "datetime")


def contradiction(
    definition: PropertyDefinition, operator: str, operand: object, ignore_case: bool
) -> str | None:
    """Why the comparison never holds, to be said after the property's name; None when it may."""
    types = COMPARABLE.get(operator)
    if types is not None and definition.type not in types:
        return f"is {NOUNS[definition.type]}, for which `{operator}` never holds"
    if operator == "is" and not _may_equal(definition, operand, ignore_case):
        return f"is never {operand!r}: {_what_it_is(definition)}"
    if operator == "in" and isinstance(operand, list):
        never = next((one for one in operand if not _may_equal(definition, one, ignore_case)), None)
        if never is not None:
            return f"is never {never!r}: {_what_it_is(definition)}"
    return None


def _may_equal(definition: PropertyDefinition, operand: object, ignore_case: bool) -> bool:
    if definition.type in TEXTUAL:
        fits = isinstance(operand, str)
        if fits and ignore_case:
            return True
    elif definition.type == "boolean":
        fits = isinstance(operand, bool)
    elif definition.type in ("integer", "number"):
        fits = isinstance(operand, int | float) and not isinstance(operand, bool)
    else:
        return True
    return fits and (definition.allowed is None or operand in definition.allowed)


def _what_it_is(definition: PropertyDefinition) -> str:
    if definition.allowed is not None:
        return f"allowed are {', '.join(repr(one) for one in definition.allowed)}"
    return f"it is {NOUNS[definition.type]}"
