"""What the CDK makes of the code: the cloud assembly, kept for as long as the code stays the same.

Synthesising costs ten seconds and more, and a laptop starts much oftener than its code changes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from cli import cdk, settings_place
from cli.checkout import ROOT
from cli.laptop.pid_lock import held
from shared.authoring.user_settings import read_files

FOLDERS = ("functions", "infra", "shared")
FILES = ("cdk.json", "pyproject.toml", "package-lock.json", "requirements/dev.txt")

BUILT = ROOT / ".headrace" / "assembly"
LONGEST = 300.0
"""Seconds to wait for another `up` of this checkout that is synthesising the same."""


def fingerprint() -> str:
    """Equal when the assembly would be equal: everything that goes into it, and the Python that runs it.

    Raises Problem when the settings file is not where it should be.
    """
    digest = hashlib.sha256(sys.version.encode())
    for path in _sources():
        content = hashlib.sha256(path.read_bytes()).digest()
        name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        digest.update(str(name).encode() + b"\0" + content)
    return digest.hexdigest()


def is_fresh(wanted: str) -> bool:
    """Whether the assembly at hand was made from this code."""
    note = _note()
    return note.exists() and note.read_text() == wanted


def synthesise(wanted: str) -> Path:
    """The assembly of the local stage, made anew only when the code is another. Raises Problem."""
    with held(BUILT.with_suffix(".lock"), patience=LONGEST):
        if not is_fresh(wanted):
            _note().unlink(missing_ok=True)
            # The CDK leaves the assets of every earlier version in there.
            shutil.rmtree(BUILT, ignore_errors=True)
            arguments = ["synth", "--quiet", "--context", "stage=local", "--output", str(BUILT)]
            cdk.run_logged(arguments, env=os.environ, log=BUILT.with_suffix(".log"))
            _note().write_text(wanted)
    return BUILT


def _note() -> Path:
    return BUILT.with_suffix(".fingerprint")


def _sources() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted(
            path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts
        )
    yield from (ROOT / file for file in FILES)
    if settings := settings_place.chosen():
        yield from read_files(settings)
