"""Find the user's settings file, which no update of Headrace touches.

It is the file that HEADRACE_SETTINGS names (or the CDK's context, `-c settings=PATH`), or otherwise `headrace.yaml` in
the checkout, which git ignores. A named file may be anywhere, such as in the user's own repository beside a pinned
checkout.
"""

from __future__ import annotations

import os
from pathlib import Path

from shared.authoring.files.yaml_document import NotReadable, read

VARIABLE = "HEADRACE_SETTINGS"
NAME = "headrace.yaml"
MISTAKEN_NAMES = ("headrace.yml", "headrace.json", "headrace.toml")
ALL = "all"
"""The section for every stage."""


class NoSuchFile(Exception):
    """The named file does not exist, or there is one under a name that is not read."""


def settings_file(checkout: Path, named: str | None) -> Path | None:
    """The settings file; None if there is none, and the defaults of `infra/settings` apply. /dev/null also means
    none. Raises NoSuchFile."""
    if named == os.devnull:
        return None
    if named:
        path = plain(Path(named).expanduser().absolute())
        if not path.exists() or path.is_dir():
            raise NoSuchFile(f"There is no settings file {path}, which {VARIABLE} (or -c settings=) names")
        return path
    for mistaken in MISTAKEN_NAMES:
        if (checkout / mistaken).exists():
            raise NoSuchFile(f"{checkout / mistaken} is not read: settings are in {NAME}")
    path = checkout / NAME
    return path if path.exists() else None


def plain(path: Path) -> Path:
    """The path without `..`. The file may still be a link; the files that it names are beside the link."""
    return path.parent.resolve() / path.name if ".." in path.parts else path


def read_files(file: Path) -> list[Path]:
    """The settings file and the files that it names, to check whether anything has changed."""
    try:
        sections = read(file.read_text(errors="replace")).data
    except NotReadable:
        return [file]
    named = [
        section["routes"]
        for section in (sections.values() if isinstance(sections, dict) else ())
        if isinstance(section, dict) and isinstance(section.get("routes"), str)
    ]
    beside = (file.parent / routes for routes in sorted(set(named)))
    return [file, *(path for path in beside if path.is_file())]
