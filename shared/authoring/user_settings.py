"""Where the settings of a checkout's user are: a file that no update of Headrace touches.

It is the one that HEADRACE_SETTINGS names (or the CDK's context, `-c settings=PATH`), else `headrace.yaml` in the
checkout, which git ignores. Named, it may live anywhere: in a repository of the user's own beside a pinned checkout.
"""

from __future__ import annotations

import os
from pathlib import Path

from shared.authoring.files.yaml_document import NotReadable, read

VARIABLE = "HEADRACE_SETTINGS"
NAME = "headrace.yaml"
MISTAKEN_NAMES = ("headrace.yml", "headrace.json", "headrace.toml")
ALL = "all"
"""The section that is for every stage."""


class NoSuchFile(Exception):
    """The file that was named is not there, or one lies there under a name that is not read."""


def settings_file(checkout: Path, named: str | None) -> Path | None:
    """None when there is none: everything is as `infra/settings.py` says. /dev/null says so too. Raises NoSuchFile."""
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
    """Without `..`. The file itself may still be a link to another: what it names is beside the link."""
    return path.parent.resolve() / path.name if ".." in path.parts else path


def read_files(file: Path) -> list[Path]:
    """The settings file and those it names: what has to be looked at to know whether anything changed."""
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
