"""Templates, rendered with sample values: what no message gets past is found before the first is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shared.authoring.checks.samples import TEXTS, sample_values
from shared.authoring.checks.sendings import sendings
from shared.authoring.checks.template_texts import inside_text
from shared.authoring.compiling import Compiled
from shared.authoring.findings import Finding, Place
from shared.messaging.channels import CHANNELS
from shared.templates import render
from shared.templates.render import BodyIsNoJson, TemplateFailed, TemplateValueMissing, Use
from shared.workspace.model import EventDefinition, Template


def check(compiled: Compiled) -> Iterator[Finding]:
    """Templates that fail for every event they are sent for, or make what their channel cannot send."""
    for sending in sendings(compiled):
        template, definition = sending.template, sending.definition
        values = working_values(template, definition)
        if isinstance(values, TemplateValueMissing):
            yield _no_such_value(template, values, compiled)
        elif not sending.is_judged_whole:
            continue
        elif isinstance(values, TemplateFailed):
            yield _failing(template, definition, values, compiled)
        else:
            yield from _unsendable(template, definition, render.render(template, values), compiled)


def working_values(template: Template, definition: EventDefinition | None) -> dict[str, Any] | TemplateFailed:
    """Sample values that the template can be rendered with, the first kind of text that every filter takes; or how it
    fails with the usual one when none is.

    A text of the plan's that makes a body no JSON is no matter of kinds: any text may come.
    """
    uses = render.uses(template)
    failures: list[TemplateFailed] = []
    for text in TEXTS:
        is_no_json = bool(failures) and isinstance(failures[0], BodyIsNoJson)
        values = sample_values(uses, definition, text, TEXTS[0] if is_no_json else text)
        try:
            render.render(template, values)
        except TemplateFailed as failed:
            failures.append(failed)
        else:
            return values
    return failures[0]


def _no_such_value(template: Template, missing: TemplateValueMissing, compiled: Compiled) -> Finding:
    """Of `event` or `person`, the only ones that have a fixed set of values."""
    message = f"template `{template.id}`: there is no `{missing.name}`"
    what = "`event` has `id`, `name` and `occurred_at`, `person` has `user_id`."
    return Finding(_place(template, missing, compiled), "template", "error", message, what)


def _failing(
    template: Template, definition: EventDefinition | None, failed: TemplateFailed, compiled: Compiled
) -> Finding:
    place = _place(template, failed, compiled)
    message = f"template `{template.id}` cannot be rendered{_with(definition)}: {failed}"
    return Finding(place, "template", "error", message, "Try it: headrace template preview.")


def _unsendable(
    template: Template, definition: EventDefinition | None, parts: Mapping[str, str], compiled: Compiled
) -> Iterator[Finding]:
    wrong = CHANNELS[template.channel].unsendable(parts)
    if wrong is not None:
        message = f"template `{template.id}`: `{wrong.part}` {wrong.says}{_with(definition)}"
        yield Finding(
            inside_text(template, wrong.part, 1, compiled), "template", "error", message, wrong.advice
        )


def first_use(template: Template, name: str) -> Use | None:
    """Where the template first uses a value, by its name; None if it does not."""
    return next((use for use in render.uses(template) if use.lacks(name)), None)


def _place(template: Template, failed: TemplateFailed, compiled: Compiled) -> Place:
    use = first_use(template, failed.name) if isinstance(failed, TemplateValueMissing) else None
    return inside_text(template, failed.part, use.line if use is not None else 1, compiled)


def _with(definition: EventDefinition | None) -> str:
    return f" with sample values of `{definition.id}`" if definition is not None else " with sample values"
