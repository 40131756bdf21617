"""What is wrong with a template before anything is rendered: its parts, its syntax, filters and variables."""

from __future__ import annotations

from typing import NamedTuple

from liquid.exceptions import LiquidError, LiquidSyntaxError
from liquid.static_analysis import Variable

from shared.messaging.channels import CHANNELS
from shared.messaging.channels.declaration import Part
from shared.templates import liquid_slips
from shared.templates.render import PLAIN, VARIABLES, line_of, line_of_error, parsed
from shared.text.spelling import closest
from shared.workspace.model import Template

RESERVED = "expected an identifier, found "
"""The beginning of Liquid's error for `properties.limit` and other reserved words."""


class TemplateProblem(NamedTuple):
    """A problem of a template. `part` is None for the whole template; `line` counts from 1 within the part."""

    part: str | None
    line: int
    message: str
    advice: str = "See docs/workspace.md."


def check(template: Template) -> list[TemplateProblem]:
    """All problems of the template: missing or unknown parts, syntax errors, and unknown filters and variables."""
    channel = CHANNELS[template.channel]
    problems = [
        TemplateProblem(None, 1, f"a template for {channel.name} needs `{part.name}`")
        for part in channel.parts
        if part.required and part.name not in template.parts
    ]
    if channel.one_of and not any(part in template.parts for part in channel.one_of):
        words = ", ".join(f"`{part}`" for part in channel.one_of)
        problems.append(TemplateProblem(None, 1, f"a template for {channel.name} needs {words}, or both"))
    for name, source in template.parts.items():
        part = channel.part(name)
        if part is not None:
            problems += _problems(part, source)
        else:
            words = ", ".join(f"`{one.name}`" for one in channel.parts)
            problems.append(TemplateProblem(name, 1, f"{channel.name} has no `{name}`; it has {words}"))
    return problems


def _problems(part: Part, source: str) -> list[TemplateProblem]:
    try:
        analysis = parsed(part, source).analyze(include_partials=False)
    except LiquidError as error:
        return [_not_liquid(part.name, source, error)]
    problems = [
        TemplateProblem(
            part.name,
            line_of(source, span.index),
            f"unknown filter `{name}`{_filter_meant(name)}",
            "See docs/workspace.md, or the filters of Liquid.",
        )
        for name, spans in analysis.filters.items()
        if name not in PLAIN.filters
        for span in spans
    ]
    problems += [
        TemplateProblem(
            part.name,
            line_of(source, variable.span.index),
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
        return TemplateProblem(part, line_of(source, unclosed.position), message, f"Write `{end}` after it.")
    words = _words(error)
    return TemplateProblem(part, line_of_error(error), words, liquid_slips.advice(words))


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
