"""Saves of a state of the emulator, whole or broken off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from cli.emulator.saving import Saver
from cli.laptop import saves
from cli.laptop.laptop import Laptop
from cli.laptop.saves import Save

NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def saved(laptop: Laptop, **files: str) -> Save:
    """A save with these JSON files, linked to those of the one before where they are the same."""
    before = saves.newest(laptop)
    folder = saves.begin(laptop)
    for name, text in files.items():
        saves.add(folder, f"{name}.json", text.encode(), before)
    return saves.finish(laptop, folder, NOON, {})


def content(save: Save | None) -> dict[str, str]:
    """A save's files by their names, without the list of contents."""
    assert save is not None
    return {path.stem: path.read_text() for path in save.folder.glob("*.json") if path.name != saves.CONTENTS}


def make(laptop: Laptop, **states: Callable[[], Any]) -> Saver:
    """One save of these services."""
    saver = Saver(laptop, lambda: states)
    asyncio.run(saver.save())
    return saver


def unfinished(laptop: Laptop) -> list[str]:
    """Folders of saves that were broken off."""
    return [folder.name for folder in laptop.saves.glob(f"{saves.UNFINISHED}*")]
