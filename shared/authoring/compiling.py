"""Compile a workspace folder to a `Workspace`, with the place of everything in it and the findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from shared.authoring import catalogues
from shared.authoring.files.authored_file import AuthoredFile
from shared.authoring.files.folder import read_folder
from shared.authoring.files.models.campaigns import CampaignsFile
from shared.authoring.files.models.plan import CatalogueName, EventFile, PlanFile
from shared.authoring.files.models.sources import SourcesFile
from shared.authoring.files.models.templates import PARTS, TemplateFile, TemplatesFile
from shared.authoring.files.models.workspace import WorkspaceFile
from shared.authoring.findings import Finding, Path, Place
from shared.workspace.model import Campaign, EventDefinition, Settings, Source, Template, Workspace
from shared.workspace.write_keys import accepted_hash


@dataclass
class Compiled:
    """A compiled folder. `workspace` has everything that could be read; it is complete only without errors. `lost` has
    the places that could not be read. Sources have no keys yet.

    `ready` has the ids of events in the included catalogues, `borrowed` those of them that the plan does not define
    itself, and `unnamed` the ids of events without a display name.
    """

    workspace: Workspace
    findings: list[Finding]
    places: Mapping[Path, Place]
    text_places: Mapping[Path, Place]
    ready: frozenset[str] = frozenset()
    borrowed: frozenset[str] = frozenset()
    unnamed: frozenset[str] = frozenset()
    lost: frozenset[Path] = frozenset()

    def is_doubtful(self, *path: str | int) -> bool:
        """Whether something at the path or below could not be read, or above it if nothing is written there. Then a
        missing value may in fact have been written."""
        return any(
            lost[: len(path)] == path or (path not in self.places and path[: len(lost)] == lost)
            for lost in self.lost
        )

    def place(self, *path: str | int) -> Place:
        """The place of the path, or of the nearest parent that was written."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place("workspace.yaml", 1))


@dataclass
class _Collected:
    """The collected content of all files of a folder."""

    name: str = "headrace"
    settings: Settings = field(default_factory=Settings)
    items: dict[str, dict[str, tuple[Any, AuthoredFile]]] = field(default_factory=dict)
    catalogues: list[CatalogueName] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    places: dict[Path, Place] = field(default_factory=dict)
    text_places: dict[Path, Place] = field(default_factory=dict)


def compile_folder(directory: FilePath) -> Compiled:
    """Compile the folder. Mistakes in the files are findings and never raise. References are checked elsewhere."""
    files, findings, lost = read_folder(directory)
    collected = _collect(files)
    own: dict[str, tuple[EventFile, AuthoredFile]] = collected.items.get("events", {})
    ready = catalogues.together(collected.catalogues)
    for event_id, (_, file) in ready.items():
        if event_id not in own:
            _add_places(collected, file, ("events", event_id))
    events = {**ready, **own}
    workspace = Workspace(
        name=collected.name,
        settings=collected.settings,
        sources=tuple(
            Source(
                id=key,
                **{**source.model_dump(exclude={"limits", "accepts"}), "name": source.name or key},
                key_hashes=tuple(map(accepted_hash, source.accepts)),
                limits=source.limits,
            )
            for key, (source, _) in collected.items.get("sources", {}).items()
        ),
        events=tuple(_definition(key, event) for key, (event, _) in events.items()),
        campaigns=tuple(
            Campaign.model_validate({**campaign.model_dump(), "id": key, "name": campaign.name or key})
            for key, (campaign, _) in collected.items.get("campaigns", {}).items()
        ),
        templates=tuple(
            _template(key, template, file)
            for key, (template, file) in collected.items.get("templates", {}).items()
        ),
    )
    return Compiled(
        workspace=workspace,
        findings=[*findings, *collected.findings],
        places=collected.places,
        text_places=collected.text_places,
        ready=frozenset(ready),
        borrowed=frozenset(ready) - frozenset(own),
        unnamed=frozenset(key for key, (event, _) in events.items() if event.name is None),
        lost=lost,
    )


def _collect(files: list[AuthoredFile]) -> _Collected:
    collected = _Collected()
    for file in files:
        match file.content:
            case WorkspaceFile(name=name, settings=settings):
                collected.name = name
                collected.settings = Settings.model_validate(settings.model_dump())
                _add_places(collected, file, ())
            case PlanFile(catalogues=named, events=events):
                collected.catalogues += [one for one in named if one not in collected.catalogues]
                _add_items(collected, "events", events, file)
            case SourcesFile(sources=sources):
                _add_items(collected, "sources", sources, file)
            case CampaignsFile(campaigns=campaigns):
                _add_items(collected, "campaigns", campaigns, file)
            case TemplatesFile(templates=templates):
                _add_items(collected, "templates", templates, file)
    return collected


def _add_items(collected: _Collected, kind: str, items: Mapping[str, Any], file: AuthoredFile) -> None:
    known = collected.items.setdefault(kind, {})
    for key, item in items.items():
        if key in known:
            first = known[key][1].place(kind, key)
            message = f"`{key}` is defined twice in {kind}, first at {first}"
            finding = Finding(
                file.place(kind, key), "duplicate-id", "error", message, "Remove or rename one.", (first,)
            )
            collected.findings.append(finding)
            continue
        known[key] = (item, file)
        _add_places(collected, file, (kind, key))
        if isinstance(item, TemplateFile):
            _add_text_places(collected, file, key, item)


def _add_places(collected: _Collected, file: AuthoredFile, under: Path) -> None:
    for path, line in file.document.lines.items():
        if path[: len(under)] == under:
            collected.places.setdefault(path, Place(file.name, line))


def _add_text_places(collected: _Collected, file: AuthoredFile, key: str, template: TemplateFile) -> None:
    """Add the place of the first line of each part, in the YAML or in the file that it names."""
    for part in PARTS:
        path: Path = ("templates", key, part)
        if template.is_filed(part):
            named = getattr(template, f"{part}_file")
            collected.text_places[path] = Place(file.texts[named].name, 1)
        elif path in file.document.texts:
            collected.text_places[path] = Place(file.name, file.document.texts[path])


def _definition(key: str, event: EventFile) -> EventDefinition:
    return EventDefinition.model_validate({**event.model_dump(), "id": key, "name": event.name or key})


def _template(key: str, template: TemplateFile, file: AuthoredFile) -> Template:
    parts = {}
    for part in PARTS:
        if template.is_filed(part):
            parts[part] = file.texts[getattr(template, f"{part}_file")].content
        elif template.is_written(part):
            parts[part] = getattr(template, part)
    files = {part: getattr(template, f"{part}_file") for part in parts if template.is_filed(part)}
    return Template(id=key, channel=template.channel, parts=parts, files=files)
