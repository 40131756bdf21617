"""What the emulator keeps between two runs, and whether it ended as it should.

A marker, written last at a clean stop and removed first at a start, tells a clean stop from a kill. After a kill the
last save (`cli.laptop.saves`) counts, and what came later is gone, but for the objects of S3.
"""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime

from cli.laptop import saves
from cli.laptop.laptop import Laptop
from cli.laptop.saves import Save

DEPLOYED = "deployed"
"""The file that says what is deployed; in a save, what was."""


def is_torn(laptop: Laptop) -> bool:
    """There is data, and it was not left by a clean stop. Only meaningful while the emulator does not run."""
    return laptop.data.exists() and not (laptop.data / CLEAN).exists()


CLEAN = "stopped-cleanly"
ACCEPTED = "accepted-since-save"


def wipe(laptop: Laptop) -> None:
    """Forget what is stored and what was deployed. The workspace that was applied last is still known."""
    if laptop.data.exists():
        shutil.rmtree(laptop.data)
    empty_scratch(laptop)
    laptop.local_json.unlink(missing_ok=True)


def forget(laptop: Laptop) -> None:
    """Wipe it, and forget the workspace and its keys too: the next start is a first one."""
    wipe(laptop)
    shutil.rmtree(laptop.ledger, ignore_errors=True)
    laptop.applied.unlink(missing_ok=True)


def empty_scratch(laptop: Laptop) -> None:
    """Function workers leave their code behind. What a dying one still holds goes the next time."""
    shutil.rmtree(laptop.scratch, ignore_errors=True)


def opened(laptop: Laptop) -> Save | None:
    """The emulator starts, from the save that is returned. What is deployed is what was deployed at that save."""
    for folder in (laptop.state, laptop.objects, laptop.scratch):
        folder.mkdir(parents=True, exist_ok=True)
    saves.discard_all(laptop)
    save = saves.newest(laptop)
    if is_torn(laptop):
        was = save.folder / DEPLOYED if save else None
        if was is not None and was.exists():
            (laptop.data / DEPLOYED).write_bytes(was.read_bytes())
        else:
            (laptop.data / DEPLOYED).unlink(missing_ok=True)
    (laptop.data / CLEAN).unlink(missing_ok=True)
    return save


def closed(laptop: Laptop) -> None:
    """The emulator saved everything."""
    (laptop.data / CLEAN).touch()


def deployed(laptop: Laptop) -> bytes | None:
    """What is deployed by now, as `cli.laptop.deployment` noted it."""
    try:
        return (laptop.data / DEPLOYED).read_bytes()
    except FileNotFoundError:
        return None


def is_alive(laptop: Laptop) -> None:
    """The emulator runs at this moment."""
    os.utime(laptop.lock)


def accepted(laptop: Laptop, requests: int) -> None:
    """So many since the last save began. Raises OSError."""
    if requests != accepted_since_save(laptop):
        (laptop.data / ACCEPTED).write_text(str(requests))


def accepted_since_save(laptop: Laptop) -> int | None:
    """Requests, at the last mark that it was alive; None where that is not known."""
    try:
        return int((laptop.data / ACCEPTED).read_text())
    except (FileNotFoundError, ValueError):
        return None


def last_alive(laptop: Laptop) -> datetime | None:
    """When it ran last. Only meaningful while it does not run."""
    try:
        return datetime.fromtimestamp(laptop.lock.stat().st_mtime, UTC)
    except FileNotFoundError:
        return None
