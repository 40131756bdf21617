"""The templates that a file of a workspace has, and the events they are sent for."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from cli.problem import Problem
from cli.workspace_folder import WORKSPACE_FILE, as_text, folder
from shared.authoring.checks.known_events import UNTRACKED, definition_of
from shared.authoring.compiling import Compiled, compile_folder
from shared.authoring.findings import Finding, errors
from shared.own_events import OWN_EVENTS
from shared.templates import template_checks
from shared.text.spelling import closest
from shared.workspace.model import EventDefinition, Template


class Chosen(NamedTuple):
    """A template, and the event to render it with: its definition, if the plan has one. `problem` is why it cannot be
    used whatever the event; `notes` is what the plan lacks."""

    template: Template
    event: str
    definition: EventDefinition | None
    problem: str | None = None
    notes: tuple[str, ...] = ()


class Choice(NamedTuple):
    """`left_out` are the ids of templates that are sent for other events only; `unreadable` is what hides some."""

    templates: list[Chosen]
    left_out: list[str]
    unreadable: list[Finding]


def chosen(file: Path | None, template_id: str | None, event: str | None) -> Choice:
    """The templates that are written in the file or that name it, of a folder all; only `template_id` if it is given.
    Without a file, those of the workspace in this folder.

    Each with `event`, or the event of the first campaign that sends it. With `event`, templates that campaigns send
    for others are left out, unless they were asked for by name or there is no other. Raises Problem.
    """
    file = folder(None) if file is None else file
    compiled = compile_folder(_workspace_of(file))
    found = [one for one in compiled.workspace.templates if _is_in(one, file, compiled)]
    unreadable = _unreadable(file, compiled)
    if template_id is not None:
        found = [one for one in found if one.id == template_id]
    if not found:
        raise Problem(*_nothing(file, template_id, compiled))
    if event is not None:
        _known(event, compiled)
    kept = [one for one in found if event is None or template_id or _may_be_for(one, event, compiled)]
    left_out = [one.id for one in found if one not in kept] if kept else []
    return Choice([_with_event(one, event, compiled) for one in kept or found], left_out, unreadable)


def _may_be_for(template: Template, event: str, compiled: Compiled) -> bool:
    """Whether a campaign sends it for that event, or none sends it for any."""
    sent_for = _events_of(template, compiled)
    return not sent_for or event in sent_for


def _events_of(template: Template, compiled: Compiled) -> list[str]:
    return [
        one.event
        for one in compiled.workspace.campaigns
        if one.template == template.id and one.channel == template.channel
    ]


def _unreadable(file: Path, compiled: Compiled) -> list[Finding]:
    """What is wrong in the files that were asked for: a template may be missing for it."""
    inside = file.resolve()
    return [
        finding
        for finding in errors(compiled.findings)
        if finding.rule in ("schema", "yaml")
        and (path := Path(finding.place.file).resolve()).is_relative_to(inside)
        and "templates" in (path.stem, path.parent.name)
    ]


def _workspace_of(file: Path) -> Path:
    """The folder with `workspace.yaml` that the file is in."""
    if not file.exists():
        raise Problem(
            f"There is no file {file}", "Name a workspace's templates.yaml, or a file that it names."
        )
    inside = file.resolve()
    for directory in (inside, *inside.parents):
        if (directory / WORKSPACE_FILE).is_file():
            return directory
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


def _known(event: str, compiled: Compiled) -> None:
    if definition_of(event, compiled.workspace) is None and event not in UNTRACKED:
        known = [*compiled.workspace.definition_by_id, *OWN_EVENTS]
        meant = closest(event, known)
        raise Problem(
            f"The plan has no event {event}",
            f"Did you mean {meant}?" if meant else f"There are: {', '.join(known)}",
        )


def _with_event(template: Template, event: str | None, compiled: Compiled) -> Chosen:
    name = event or next(iter(_events_of(template, compiled)), None)
    problems = template_checks.check(template)
    problem = f"it cannot be used: {problems[0].message}" if problems else None
    if name is None:
        return Chosen(template, "Sample Event", None, problem, ("no campaign sends it",))
    definition = definition_of(name, compiled.workspace)
    is_known = definition is not None or name in UNTRACKED
    return Chosen(
        template, name, definition, problem, () if is_known else (f"the plan has no event `{name}`",)
    )
