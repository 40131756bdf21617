"""What some messages would fail by: a value that they do not have, or one with quotation marks in it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from shared.authoring.checks.rendering import first_use, working_values
from shared.authoring.checks.samples import may_be_anything
from shared.authoring.checks.sendings import Sending, sendings
from shared.authoring.checks.template_texts import inside_text
from shared.authoring.compiling import Compiled
from shared.authoring.findings import Finding
from shared.messaging.channels import CHANNELS
from shared.templates import render
from shared.templates.render import TemplateFailed, TemplateValueMissing, Use
from shared.workspace.model import EventDefinition

QUOTED = 'a "sample"'

MOST_MISSING = 50
"""Values looked for one after another."""


def advice(compiled: Compiled) -> Iterator[Finding]:
    """Warnings for templates that can be rendered: values without a default, and texts in JSON without `json`."""
    for sending in sendings(compiled):
        values = working_values(sending.template, sending.definition)
        if isinstance(values, dict):
            yield from _may_be_missing(sending, values, compiled)
            if any(part.kind == "json" for part in CHANNELS[sending.template.channel].parts):
                yield from _unquoted(sending, values, compiled)


def _may_be_missing(sending: Sending, whole: Mapping[str, Any], compiled: Compiled) -> Iterator[Finding]:
    """Values without a default that an event or a person need not have: without them nothing is sent."""
    values = _least(whole, sending)
    for _ in range(MOST_MISSING):
        try:
            render.render(sending.template, values)
        except TemplateValueMissing as missing:
            use = first_use(sending.template, missing.name)
            if use is None or not _give(values, whole, use):
                return
            if not _is_said_elsewhere(use, sending.definition):
                yield _without_default(sending, use, compiled)
        except TemplateFailed:
            return  # a default of another kind than the value: without it the message fails in its own way
        else:
            return


def _is_said_elsewhere(use: Use, definition: EventDefinition | None) -> bool:
    """A property that its event does not have at all needs no default, but another name."""
    is_property = use.path[0] == "properties" and definition is not None
    return is_property and definition is not None and use.path[1] not in definition.properties


def _without_default(sending: Sending, use: Use, compiled: Compiled) -> Finding:
    template, is_property = sending.template, use.path[0] == "properties"
    whose = f"`{sending.event}` may not have it" if is_property else "not everybody has it"
    message = (
        f"template `{template.id}` uses `{use.name}` without a default, and {whose}: then nothing is sent"
    )
    mend = f'Write {{{{ {use.name} | default: "…" }}}}, or test it with `if`'
    if is_property and sending.definition is not None:
        mend += "; or make the property `required` in the plan"
    return Finding(
        inside_text(template, use.part, use.line, compiled), "may-be-missing", "warning", message, mend + "."
    )


def _unquoted(sending: Sending, whole: Mapping[str, Any], compiled: Compiled) -> Iterator[Finding]:
    """Texts that are written into JSON without `json`: a quotation mark in them breaks it."""
    template, definition = sending.template, sending.definition
    properties = definition.properties if definition is not None else {}
    found = set()
    for use in render.uses(template):
        if use.name in found or not may_be_anything(use, properties):
            continue
        if use.path[0] == "properties" and sending.event is None:
            continue
        values = copy.deepcopy(dict(whole))
        if not _replaced(values, use.path, QUOTED):
            continue
        try:
            render.render(template, values)
        except TemplateFailed:
            found.add(use.name)
            message = (
                f"template `{template.id}`: a quotation mark in `{use.name}` makes the {use.part} invalid JSON, "
                "and then nothing is sent"
            )
            mend = f"Write {{{{ {use.name} | json }}}}, without quotation marks around it."
            place = inside_text(template, use.part, use.line, compiled)
            yield Finding(place, "not-json", "warning", message, mend)


def _least(whole: Mapping[str, Any], sending: Sending) -> dict[str, Any]:
    """What every event of the definition and every person has. Of an event that is not known nothing is said to be
    missing."""
    had = whole["properties"]
    if sending.event is not None:
        properties = sending.definition.properties if sending.definition is not None else {}
        required = {name for name, one in properties.items() if one.required}
        had = {name: value for name, value in had.items() if name in required}
    return {**whole, "properties": had, "traits": {}, "person": {}}


def _give(values: dict[str, Any], whole: Mapping[str, Any], use: Use) -> bool:
    """Adds what was missing from the whole; False when it was not missing, or is nowhere."""
    root, name = use.path[0], str(use.path[1]) if len(use.path) > 1 else ""
    if name in values.get(root, {}) or name not in whole.get(root, {}):
        return False
    values[root] = {**values[root], name: whole[root][name]}
    return True


def _replaced(values: dict[str, Any], path: tuple[Any, ...], text: str) -> bool:
    """Puts the text where the path leads; False when it leads nowhere, or to what is no text."""
    at: Any = values
    for step in path[:-1]:
        try:
            at = at[step]
        except (KeyError, IndexError, TypeError):
            return False
    if not isinstance(at, dict) or not isinstance(at.get(path[-1]), str):
        return False
    at[path[-1]] = text
    return True
