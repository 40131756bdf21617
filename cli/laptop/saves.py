"""Saves of the emulator's state on disk: each a folder that is whole or does not count, numbered, the last two kept.

A save is written beside the others and renamed when every byte of it is on the disk. Files that are as they were in
the save before are the same file (hard links), so that an emulator that idles writes little.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from cli.laptop.laptop import Laptop

KEPT = 2
"""The last one, and the one before in case the disk spoils it."""

UNFINISHED = "unfinished"
"""With the process that writes it: no two ever write to one folder."""
CONTENTS = "complete.json"
BLOBS = "lambda-blobs"
"""The folder of a save that has the functions' code."""


class Contents(BaseModel):
    """`files` are SHA-256 by path within the save; `without` says why a service's state is not of this save."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    files: dict[str, str]
    without: dict[str, str] = {}


class Save(NamedTuple):
    folder: Path
    contents: Contents

    @property
    def at(self) -> datetime:
        return self.contents.at


def newest(laptop: Laptop) -> Save | None:
    """The last save of which every file is as it was written."""
    return next((save for save in _saves(laptop) if _is_whole(save)), None)


def last(laptop: Laptop) -> Save | None:
    """The last save, of which this process saw that it was finished: not read again."""
    return next(_saves(laptop), None)


def begin(laptop: Laptop) -> Path:
    """An empty folder for the next save, which this process writes. Raises OSError."""
    discard(laptop, os.getpid())  # of a process that had the same number
    folder = _unfinished(laptop, os.getpid())
    (folder / BLOBS).mkdir(parents=True)
    return folder


def discard(laptop: Laptop, process: int) -> None:
    """Remove what a process that has ended did not finish. Raises OSError."""
    folder = _unfinished(laptop, process)
    if folder.exists():
        shutil.rmtree(folder)


def discard_all(laptop: Laptop) -> None:
    """Remove what a killed emulator did not finish. Only while nobody writes. Raises OSError."""
    for folder in laptop.saves.glob(f"{UNFINISHED}*"):
        shutil.rmtree(folder)


def add(folder: Path, name: str, content: bytes, before: Save | None) -> None:
    """Write a file of the save, or link the one of the save before if it is the same. Raises OSError."""
    if before is not None and before.contents.files.get(name) == _digest(content):
        (folder / name).hardlink_to(before.folder / name)
    else:
        (folder / name).write_bytes(content)


def keep_from(folder: Path, name: str, before: Save | None) -> None:
    """Have a file of the save before in this one too, if it was there. Raises OSError."""
    if before is not None and name in before.contents.files:
        (folder / name).hardlink_to(before.folder / name)


def finish(laptop: Laptop, folder: Path, at: datetime, without: dict[str, str]) -> Save:
    """Make it the newest. Only this makes it count. Raises OSError."""
    files = {name: _digest((folder / name).read_bytes()) for name in _files(folder)}
    contents = Contents(at=at, files=files, without=without)
    (folder / CONTENTS).write_bytes(orjson.dumps(contents.model_dump(mode="json")))
    for name in (*files, CONTENTS):
        _sync(folder / name)
    for directory in (folder / BLOBS, folder):
        _sync(directory)
    number = max((int(save.folder.name) for save in _saves(laptop)), default=0) + 1
    finished = folder.rename(laptop.saves / f"{number:010d}")
    _sync(laptop.saves)
    for old in list(_saves(laptop))[KEPT:]:
        shutil.rmtree(old.folder)
    return Save(finished, contents)


def _unfinished(laptop: Laptop, process: int) -> Path:
    return laptop.saves / f"{UNFINISHED}-{process}"


def _saves(laptop: Laptop) -> Iterator[Save]:
    """Newest first; those that say nothing readable of themselves are passed over."""
    folders = sorted(laptop.saves.glob("[0-9]*"), reverse=True) if laptop.saves.exists() else []
    for folder in folders:
        try:
            yield Save(folder, Contents.model_validate_json((folder / CONTENTS).read_bytes()))
        except (OSError, ValidationError):
            continue


def _is_whole(save: Save) -> bool:
    try:
        return all(
            _digest((save.folder / name).read_bytes()) == digest
            for name, digest in save.contents.files.items()
        )
    except OSError:
        return False


def _files(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
