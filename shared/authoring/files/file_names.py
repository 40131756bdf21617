"""Which files of a workspace's folder are read, by their names, and what is said of the others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath

from shared.authoring.files.models.kinds import KINDS
from shared.authoring.findings import Finding, Place
from shared.text.spelling import closest

SUFFIX = ".yaml"

YAML_SUFFIXES = (SUFFIX, ".yml")

FOLDERS = tuple(kind for kind in KINDS if kind != "workspace")
"""Kinds that may have a folder of files."""


def of_kind(directory: FilePath, kind: str) -> list[FilePath]:
    alone = directory / f"{kind}{SUFFIX}"
    beside = sorted((directory / kind).glob(f"*{SUFFIX}")) if kind in FOLDERS else []
    return [path for path in (alone, *beside) if path.is_file()]


def not_read(directory: FilePath) -> Iterator[tuple[Finding, str | None]]:
    """Findings for YAML files whose names are not read, which would otherwise be missed silently. If only the ending of
    the name is wrong, also the kind of file, because missing content may be in there."""
    read_ones = {path for kind in KINDS for path in of_kind(directory, kind)}
    deeper = [path for kind in FOLDERS for path in (directory / kind).glob("*/**/*")]
    for path in sorted({*directory.glob("*"), *directory.glob("*/*"), *deeper}):
        within = path.relative_to(directory)
        hidden = any(part.startswith(".") for part in within.parts)
        if hidden or path in read_ones or path.suffix.lower() not in YAML_SUFFIXES or not path.is_file():
            continue
        place, right = Place(str(path), 1), path.with_suffix(SUFFIX)
        kind = _kind_but_for_its_ending(within)
        if kind is not None:
            message = f"this file is not read, because its name ends in {path.suffix}"
            yield (
                Finding(place, "unknown-file", "error", message, f"Rename it to {right}, or remove it."),
                kind,
            )
        else:
            yield Finding(place, "unknown-file", "warning", "this file is not read", _renamed(within)), None


def _kind_but_for_its_ending(within: FilePath) -> str | None:
    if within.suffix == SUFFIX:
        return None
    if len(within.parts) == 1:
        return within.stem if within.stem in KINDS else None
    return within.parts[0] if within.parts[0] in FOLDERS and len(within.parts) == 2 else None


def _renamed(within: FilePath) -> str:
    """Advice for a file with an unknown name, given as its path below the workspace's folder."""
    if within.parts[0] in FOLDERS:
        return f"Move it up into {within.parts[0]}/."
    meant = closest(within.parts[0].partition(".")[0], KINDS)
    if meant is not None and (len(within.parts) == 1 or meant in FOLDERS):
        return f"Did you mean {FilePath(meant, *within.parts[1:]) if within.parts[1:] else meant + SUFFIX}?"
    expected = ", ".join(f"{kind}{SUFFIX}" for kind in KINDS)
    folders = ", ".join(f"{kind}/" for kind in FOLDERS)
    return f"Files are {expected}, or any name that ends in {SUFFIX} in a folder {folders}."
