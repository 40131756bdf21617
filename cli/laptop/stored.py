"""What the emulator keeps between two runs: whole after a clean stop, worthless after a kill.

It writes its state only when it stops, so a killed emulator leaves objects in S3 without the tables, streams and
functions that go with them. A marker, written last at a clean stop and removed first at a start, tells them apart.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from cli.laptop.laptop import Laptop


def is_torn(laptop: Laptop) -> bool:
    """There is data, and it was not left by a clean stop. Only meaningful while the emulator does not run."""
    return laptop.data.exists() and not _marker(laptop).exists()


def wipe(laptop: Laptop) -> None:
    """Forget everything, what was deployed included."""
    if laptop.data.exists():
        shutil.rmtree(laptop.data)
    empty_scratch(laptop)
    laptop.local_json.unlink(missing_ok=True)
    laptop.applied.unlink(missing_ok=True)


def empty_scratch(laptop: Laptop) -> None:
    """Function workers leave their code behind. What a dying one still holds goes the next time."""
    shutil.rmtree(laptop.scratch, ignore_errors=True)


def opened(laptop: Laptop) -> None:
    """The emulator starts to change it."""
    for folder in (laptop.state, laptop.objects, laptop.scratch):
        folder.mkdir(parents=True, exist_ok=True)
    _marker(laptop).unlink(missing_ok=True)


def closed(laptop: Laptop) -> None:
    """The emulator saved everything."""
    _marker(laptop).touch()


def _marker(laptop: Laptop) -> Path:
    return laptop.data / "stopped-cleanly"
