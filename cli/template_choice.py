"""The templates that a file of a workspace has, and the events they are sent for."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from cli.problem import Problem
from cli.workspace_folder import as_text
from shared import templates
from shared.authoring.compiling import Compiled, compile_folder
from shared.authoring.findings import errors
from shared.authoring.references import UNTRACKED, definition_of
from shared.templates import TemplateProblem
from shared.workspace import EventDefinition, Template

WORKSPACE_FILE = "workspace.yaml"


class Chosen(NamedTuple):
    """A template, and the event to render it with: its definition, if the plan has one."""

    template: Template
    event: str
    definition: EventDefinition | None


def chosen(file: Path, template_id: str | None, event: str | None) -> list[Chosen]:
    """The templates that are written in the file or that name it, of a folder all; only `template_id` if it is given.
    Each with `event`, or the event of the first campaign that sends it. Raises Problem."""
    compiled = compile_folder(_workspace_of(file))
    found = [one for one in compiled.workspace.templates if _is_in(one, file, compiled)]
    if template_id is not None:
        found = [one for one in found if one.id == template_id]
    if not found:
        raise Problem(*_nothing(file, template_id, compiled))
    return [_with_event(one, event, compiled) for one in found]


def _workspace_of(file: Path) -> Path:
    """The folder with `workspace.yaml` that the file is in."""
    if not file.exists():
        raise Problem(
            f"There is no file {file}", "Name a workspace's templates.yaml, or a file that one names."
        )
    inside = file.resolve()
    for folder in (inside, *inside.parents):
        if (folder / WORKSPACE_FILE).is_file():
            return folder
    raise Problem(
        f"{file} is in no workspace", f"A workspace is a folder with {WORKSPACE_FILE}: headrace init DIR"
    )


def _is_in(template: Template, file: Path, compiled: Compiled) -> bool:
    if file.is_dir():
        return True
    files = {compiled.place("templates", template.id).file}
    for part in template.parts:
        text = compiled.text_places.get(("templates", template.id, part))
        files |= {text.file} if text is not None else set()
    return file.resolve() in {Path(name).resolve() for name in files}


def _nothing(file: Path, template_id: str | None, compiled: Compiled) -> tuple[str, str]:
    """Why there is none, and what to do: what cannot be read is no template."""
    wrong = [finding for finding in errors(compiled.findings) if finding.rule in ("schema", "yaml")]
    if wrong:
        return f"There is no template in {file} that can be read", as_text(wrong)
    known = ", ".join(one.id for one in compiled.workspace.templates) or "none"
    said = f" {template_id}" if template_id else ""
    return f"There is no template{said} in {file}", f"The workspace has: {known}"


def _with_event(template: Template, event: str | None, compiled: Compiled) -> Chosen:
    workspace = compiled.workspace
    problems: list[TemplateProblem] = templates.check(template)
    if problems:
        raise Problem(
            f"The template {template.id} cannot be used: {problems[0].message}", "See: headrace lint"
        )
    name = event or next(
        (one.event for one in workspace.campaigns if one.template == template.id), "Sample Event"
    )
    definition = definition_of(name, workspace)
    if event is not None and definition is None and event not in UNTRACKED:
        known = ", ".join(workspace.definition_by_id)
        raise Problem(f"The plan has no event {event}", f"It has: {known}")
    return Chosen(template, name, definition)
