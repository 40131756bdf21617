"""`templates.yaml`: the texts of messages, by channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import AfterValidator, Field, create_model, model_validator

from shared.authoring.files.models.authored import Authored, Id, unreserved
from shared.messaging.channels import CHANNELS, Channel

PARTS = {part.name: part for channel in CHANNELS.values() for part in channel.parts}
"""Of templates of any channel. Those that are more than a line may stand in a file of their own."""


if TYPE_CHECKING:
    WithParts = Authored
else:
    WithParts = create_model(
        "WithParts",
        __base__=Authored,
        **{
            key: (str | None, None)
            for part in PARTS.values()
            for key in ((part.name,) if part.kind == "line" else (part.name, f"{part.name}_file"))
        },
    )


class TemplateFile(WithParts):
    """Each part is written here, or named as a file beside this one."""

    channel: Channel

    @model_validator(mode="after")
    def _has_each_part_once(self) -> Self:
        twice = next((part for part in PARTS if self.is_written(part) and self.is_filed(part)), None)
        if twice is not None:
            raise ValueError(f"`{twice}` and `{twice}_file` are both there; keep one")
        return self

    def is_written(self, part: str) -> bool:
        return getattr(self, part, None) is not None

    def is_filed(self, part: str) -> bool:
        return getattr(self, f"{part}_file", None) is not None


class TemplatesFile(Authored):
    templates: dict[Annotated[Id, AfterValidator(unreserved)], TemplateFile] = Field({})
