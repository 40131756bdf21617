"""The parts of a template, each by itself, and where a line of one stands."""

from __future__ import annotations

from collections.abc import Iterator

from shared.authoring.compiling import Compiled
from shared.authoring.findings import Finding, Path, Place
from shared.templates import template_checks
from shared.workspace.model import Template


def of_template(template: Template, compiled: Compiled) -> Iterator[Finding]:
    """What is wrong with a template's parts: one that its channel needs is missing, or is not valid Liquid."""
    if compiled.is_doubtful("templates", template.id, "channel"):
        return
    for problem in template_checks.check(template):
        if problem.part is None and compiled.is_doubtful("templates", template.id):
            continue  # what it lacks may be what could not be read
        if problem.part is None:
            place = compiled.place("templates", template.id)
        else:
            place = inside_text(template, problem.part, problem.line, compiled)
        yield Finding(
            place,
            "template",
            "error",
            f"template `{template.id}`: {problem.message}",
            problem.advice,
        )


def inside_text(template: Template, part: str, line: int, compiled: Compiled) -> Place:
    """A line of a part, in the YAML or in the file it names. `line` counts from 1 within the part."""
    path: Path = ("templates", template.id, part)
    begins = compiled.text_places.get(path)
    return Place(begins.file, begins.line + line - 1) if begins else compiled.place(*path)
