"""Templates: Liquid over one event and one person, rendered at the last moment, refused when a value is missing.

Variables: `event` (id, name, occurred_at), `properties`, `traits`, `person` (user_id). HTML parts are escaped.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from liquid import BoundTemplate
from liquid.exceptions import LiquidError, LiquidSyntaxError, UndefinedError
from liquid.static_analysis import Variable

from shared.events import Event, utc_text
from shared.messaging import liquid_slips
from shared.messaging.liquid_sandbox import Sandbox
from shared.messaging.messages import Channel
from shared.text.spelling import closest
from shared.text.visible_text import one_line, without_controls
from shared.workspace.model import Template

VARIABLES = ("event", "person", "properties", "traits")

REQUIRED_PARTS: dict[Channel, tuple[str, ...]] = {
    "email": ("subject",),
    "sms": ("text",),
    "push": ("title", "text"),
    "webhook": ("body",),
}
BODIES = ("html", "text")
"""An email has at least one of them."""

PARTS: dict[Channel, tuple[str, ...]] = {**REQUIRED_PARTS, "email": ("subject", *BODIES)}

ONE_LINE = ("subject", "title")

RESERVED = "expected an identifier, found "
"""The beginning of Liquid's error for `properties.limit` and other reserved words."""

HTML, PLAIN = Sandbox(autoescape=True), Sandbox(autoescape=False)


class TemplateProblem(NamedTuple):
    """A problem of a template. `part` is None for the whole template; `line` counts from 1 within the part."""

    part: str | None
    line: int
    message: str
    advice: str = "See docs/workspace.md."


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
    """A webhook's body was rendered, and is not JSON."""

    def __init__(self, words: str) -> None:
        super().__init__("body", f"not JSON (write values as `{{{{ value | json }}}}`): {words}")


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
    return {part: _rendered(part, source, values) for part, source in template.parts.items()}


def check(template: Template) -> list[TemplateProblem]:
    """All problems of the template: missing or unknown parts, syntax errors, and unknown filters and variables."""
    expected = PARTS[template.channel]
    problems = [
        TemplateProblem(None, 1, f"a template for {template.channel} needs `{part}`")
        for part in REQUIRED_PARTS[template.channel]
        if part not in template.parts
    ]
    if template.channel == "email" and not any(body in template.parts for body in BODIES):
        problems.append(TemplateProblem(None, 1, "a template for email needs `html`, `text`, or both"))
    for part, source in template.parts.items():
        if part in expected:
            problems += _problems(part, source)
        else:
            words = ", ".join(f"`{one}`" for one in expected)
            problems.append(TemplateProblem(part, 1, f"{template.channel} has no `{part}`; it has {words}"))
    return problems


def used(template: Template) -> set[str]:
    """The variables the template uses, such as `traits.first_name`. Raises ValueError for a syntax error."""
    return {use.name for use in uses(template)}


def uses(template: Template) -> list[Use]:
    """Every use of every variable. Raises ValueError for a syntax error."""
    try:
        return [
            Use(part, tuple(variable.segments), str(variable), _line_of(source, variable.span.index))
            for part, source in template.parts.items()
            for many in _parsed(part, source).analyze(include_partials=False).globals.values()
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
def _parsed(part: str, source: str) -> BoundTemplate:
    return (HTML if part == "html" else PLAIN).from_string(source)


def _rendered(part: str, source: str, values: Mapping[str, Any]) -> str:
    try:
        text = _parsed(part, source).render(values)
    except UndefinedError as error:
        raise TemplateValueMissing(part, _name(error), _line(error)) from error
    except Exception as error:  # a filter may fail in any way on values that clients made
        line = _line(error) if isinstance(error, LiquidError) else 0
        raise TemplateFailed(part, str(getattr(error, "message", error)), line) from error
    if part == "body":
        _refuse_what_is_not_json(text)
        return text
    return one_line(text) if part in ONE_LINE else without_controls(text)


def _refuse_what_is_not_json(text: str) -> None:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BodyIsNoJson(str(error)) from error


def _name(error: UndefinedError) -> str:
    """The name in Liquid's error: `traits.x is undefined`, or `'x' is undefined` for a root."""
    return str(error.message).removesuffix(" is undefined").strip("'")


def _problems(part: str, source: str) -> list[TemplateProblem]:
    try:
        analysis = _parsed(part, source).analyze(include_partials=False)
    except LiquidError as error:
        return [_not_liquid(part, source, error)]
    problems = [
        TemplateProblem(
            part,
            _line_of(source, span.index),
            f"unknown filter `{name}`{_filter_meant(name)}",
            "See docs/workspace.md, or the filters of Liquid.",
        )
        for name, spans in analysis.filters.items()
        if name not in PLAIN.filters
        for span in spans
    ]
    problems += [
        TemplateProblem(
            part,
            _line_of(source, variable.span.index),
            f"unknown variable `{variable}`; there are {', '.join(f'`{one}`' for one in VARIABLES)}",
            _variable_meant(root, variable),
        )
        for root, many in analysis.globals.items()
        if root not in VARIABLES
        for variable in many
    ]
    return sorted(problems, key=lambda problem: problem.line)


def _not_liquid(part: str, source: str, error: LiquidError) -> TemplateProblem:
    unclosed = liquid_slips.unclosed(source)
    if unclosed is not None:
        begin, end = unclosed.marks
        message = f"`{begin}` is not closed with `{end}`"
        return TemplateProblem(part, _line_of(source, unclosed.position), message, f"Write `{end}` after it.")
    words = _words(error)
    return TemplateProblem(part, _line(error), words, liquid_slips.advice(words))


def _filter_meant(name: str) -> str:
    usual = liquid_slips.OTHER_FILTERS.get(name.lower().replace("_", ""))
    meant = usual if usual in PLAIN.filters else closest(name, PLAIN.filters)
    return f", did you mean `{meant}`?" if meant else ""


def _variable_meant(root: str, variable: Variable) -> str:
    """The variable that may have been meant. A root alone is usually a property's or trait's name; a root with
    something below it is usually a misspelt variable."""
    name = str(variable)
    if len(variable.segments) > 1 and name.startswith(root):
        meant = closest(root, VARIABLES) or liquid_slips.OTHER_VARIABLES.get(root.lower())
        if meant is not None:
            return f"Did you mean `{meant}{name.removeprefix(root)}`?"
    return f"Write `properties.{name}` for what the event has, `traits.{name}` for what the person has."


def _words(error: LiquidError) -> str:
    words = str(error.message)
    if words.startswith(RESERVED):  # a word of Liquid's own behind a dot
        word = words.removeprefix(RESERVED)
        words += f': a name that Liquid uses itself is written `properties["{word}"]`'
    return words if isinstance(error, LiquidSyntaxError) else f"{type(error).__name__}: {words}"


def _line(error: LiquidError) -> int:
    token = error.token
    return 1 if token is None or token.start_index < 0 else _line_of(token.source, token.start_index)


def _line_of(source: str, index: int) -> int:
    return source.count("\n", 0, index) + 1
