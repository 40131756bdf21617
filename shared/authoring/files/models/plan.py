"""`plan.yaml`: the events of the tracking plan, and their properties."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from shared.authoring.files.models.authored import Authored, EventId
from shared.plan import property_types
from shared.workspace.model import PropertyDefinition

CatalogueName = Literal["ecommerce", "delivery", "banking", "media", "saas", "games"]

NUMBERS = frozenset({"integer", "number"})

PropertyName = Annotated[str, Field(min_length=1, max_length=200)]


class PropertyFile(PropertyDefinition):
    """One property, checked for rules that contradict each other."""

    allowed: Annotated[tuple[Any, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if self.pattern is not None and self.type != "string":
            raise ValueError(f"`pattern` is for strings, this is of type {self.type}")
        bounded = self.minimum is not None or self.maximum is not None
        if bounded and self.type not in NUMBERS:
            raise ValueError(f"`minimum` and `maximum` are for numbers, this is of type {self.type}")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError("`minimum` is above `maximum`")
        if self.allowed is not None and self.type == "object":
            raise ValueError("`allowed` is for single values and lists, not for objects")
        wrong = property_types.problem(self)
        if wrong is not None:
            raise ValueError(wrong)
        return self


class EventFile(Authored):
    name: Annotated[str, Field(min_length=1)] | None = None
    description: str = ""
    properties: dict[PropertyName, PropertyFile] = Field({})
    forward: bool = False
    forward_traits: tuple[str, ...] = ()


class PlanFile(Authored):
    catalogues: tuple[CatalogueName, ...] = ()
    events: dict[EventId, EventFile] = Field({})
