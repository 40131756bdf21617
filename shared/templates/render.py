"""Templates: Liquid over one event and one person, rendered at the last moment, refused when a value is missing.

Variables: `event` (id, name, occurred_at), `properties`, `traits`, `person` (user_id). HTML parts are escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

import orjson
from liquid import BoundTemplate
from liquid.exceptions import LiquidError, UndefinedError

from shared.events import Event, utc_text
from shared.messaging.channels import CHANNELS
from shared.messaging.channels.declaration import Part
from shared.templates.liquid_sandbox import Sandbox
from shared.text.visible_text import one_line, without_controls
from shared.workspace.model import Template

VARIABLES = ("event", "person", "properties", "traits")

HTML, PLAIN = Sandbox(autoescape=True), Sandbox(autoescape=False)


class Use(NamedTuple):
    """One use of a variable in a part. `path` is like `("traits", "first_name")`; a step that comes from another
    variable is a list. `name` is Liquid's spelling; `line` counts from 1 within the part."""

    part: str
    path: tuple[Any, ...]
    name: str
    line: int

    def lacks(self, missing: str) -> bool:
        """Whether the use fails if `missing` is missing, which is its own name or that of a parent."""
        return self.name == missing or self.name.startswith((f"{missing}.", f"{missing}["))


class TemplateFailed(Exception):
    """A part could not be rendered. The text may contain personal data. `line` counts from 1; it is 0 if unknown."""

    def __init__(self, part: str, words: str, line: int = 0) -> None:
        super().__init__(f"{part}: {words}")
        self.part = part
        self.words = words
        self.line = line


class TemplateValueMissing(TemplateFailed):
    """A part uses a value that this event or person does not have, without a `default`. `name` is its path."""

    def __init__(self, part: str, name: str, line: int = 0) -> None:
        super().__init__(part, f"`{name}` is missing, and there is no default", line)
        self.name = name


class BodyIsNoJson(TemplateFailed):
    """A part that is to be JSON, such as a webhook's body, was rendered, and is none."""

    def __init__(self, part: str, words: str) -> None:
        super().__init__(part, f"not JSON (write values as `{{{{ value | json }}}}`): {words}")


def variables(event: Event, traits: Mapping[str, Any], user_id: str | None) -> dict[str, Any]:
    """The variables that a template can use. Null values count as missing."""
    return {
        "event": {"id": event.id, "name": event.name, "occurred_at": utc_text(event.occurred_at)},
        "properties": _present(event.properties),
        **person_variables(traits, user_id),
    }


def person_variables(traits: Mapping[str, Any], user_id: str | None) -> dict[str, Any]:
    """The variables that belong to the person."""
    return {"traits": _present(traits), "person": _present({"user_id": user_id})}


def render(template: Template, values: Mapping[str, Any]) -> dict[str, str]:
    """Render the template: part → text. Raises TemplateValueMissing, or TemplateFailed for any other error."""
    return {
        name: _rendered(part_of(template, name), source, values) for name, source in template.parts.items()
    }


def part_of(template: Template, name: str) -> Part:
    """What the template's channel says of the part; of one that it does not have, that it is text."""
    return CHANNELS[template.channel].part(name) or Part(name, "text")


def used(template: Template) -> set[str]:
    """The variables the template uses, such as `traits.first_name`. Raises ValueError for a syntax error."""
    return {use.name for use in uses(template)}


def uses(template: Template) -> list[Use]:
    """Every use of every variable. Raises ValueError for a syntax error."""
    try:
        return [
            Use(part, tuple(variable.segments), str(variable), line_of(source, variable.span.index))
            for part, source in template.parts.items()
            for many in parsed(part_of(template, part), source)
            .analyze(include_partials=False)
            .globals.values()
            for variable in many
        ]
    except LiquidError as error:
        raise ValueError(str(error.message)) from error


class _Whole(float):
    """A number such as 1500.0, which people write 1500."""

    def __str__(self) -> str:
        return str(int(self))


def _present(value: Any) -> Any:
    """The value without nulls, so that they count as missing, and with whole numbers that are written without a decimal
    point."""
    match value:
        case Mapping():
            return {key: _present(one) for key, one in value.items() if one is not None}
        case list():
            return [_present(one) for one in value]
        case float() if value.is_integer() and abs(value) < 1e15:
            return _Whole(value)
    return value


@lru_cache(maxsize=1024)
def parsed(part: Part, source: str) -> BoundTemplate:
    """Raises LiquidError."""
    return _sandbox(part).from_string(source)


def _sandbox(part: Part) -> Sandbox:
    if part.kind == "html":
        return HTML
    return PLAIN if part.escape is None else _escaping(part.escape)


@cache
def _escaping(escape: Callable[[str], str]) -> Sandbox:
    return Sandbox(autoescape=False, escape=escape)


def _rendered(part: Part, source: str, values: Mapping[str, Any]) -> str:
    try:
        text = parsed(part, source).render(values)
    except UndefinedError as error:
        raise TemplateValueMissing(part.name, _name(error), line_of_error(error)) from error
    except Exception as error:  # a filter may fail in any way on values that clients made
        line = line_of_error(error) if isinstance(error, LiquidError) else 0
        raise TemplateFailed(part.name, str(getattr(error, "message", error)), line) from error
    if part.kind == "json":
        _refuse_what_is_not_json(part.name, text)
        return text
    return one_line(text) if part.kind == "line" else without_controls(text)


def _refuse_what_is_not_json(part: str, text: str) -> None:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BodyIsNoJson(part, str(error)) from error


def _name(error: UndefinedError) -> str:
    """The name in Liquid's error: `traits.x is undefined`, or `'x' is undefined` for a root."""
    return str(error.message).removesuffix(" is undefined").strip("'")


def line_of_error(error: LiquidError) -> int:
    token = error.token
    return 1 if token is None or token.start_index < 0 else line_of(token.source, token.start_index)


def line_of(source: str, index: int) -> int:
    return source.count("\n", 0, index) + 1
