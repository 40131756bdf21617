"""The ready catalogues: event definitions of whole industries, in the same YAML as a plan's own."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path as FilePath
from typing import get_args

from shared.authoring.files.authored_file import AuthoredFile
from shared.authoring.files.folder import read_file
from shared.authoring.files.models.plan import CatalogueName, EventFile, PlanFile

FOLDER = FilePath(__file__).resolve().parent.parent / "catalogues"


@cache
def catalogue(name: CatalogueName) -> AuthoredFile:
    return read_file(FOLDER / f"{name}.yaml", "plan", f"catalogue {name}", within=FOLDER)


def events(catalogue_file: AuthoredFile) -> dict[str, EventFile]:
    content = catalogue_file.content
    assert isinstance(content, PlanFile)  # noqa: S101  read as one
    return content.events


def having(event_id: str) -> CatalogueName | None:
    """The first catalogue with this event; None if none has it."""
    return next((name for name in get_args(CatalogueName) if event_id in events(catalogue(name))), None)


def together(names: Iterable[CatalogueName]) -> dict[str, tuple[EventFile, AuthoredFile]]:
    """The events of these catalogues by id, each with its file.

    An event of several catalogues, such as Search, has the properties of all. If two define the same property, the
    catalogue that is named first wins.
    """
    found: dict[str, tuple[EventFile, AuthoredFile]] = {}
    for name in names:
        file = catalogue(name)
        for event_id, event in events(file).items():
            if event_id not in found:
                found[event_id] = (event, file)
                continue
            first, first_file = found[event_id]
            properties = {**event.properties, **first.properties}
            found[event_id] = (first.model_copy(update={"properties": properties}), first_file)
    return found
