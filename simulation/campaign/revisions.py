"""The code of a revision of this repository, in a folder of its own outside of it."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from argparse import ArgumentTypeError
from pathlib import Path

ROOT = Path(__file__).parents[2]

PARTS = ("functions", "shared", "simulation")


class NoSuchRevision(ArgumentTypeError):
    """Neither a folder nor a git revision. The command says so in these words."""


def folder_of(revision: str) -> Path:
    """A folder as it is, or the code of a git revision, written once into the system's folder for what is temporary.
    Raises NoSuchRevision with git's words."""
    if Path(revision).is_dir():
        return Path(revision).resolve()
    commit = _git("rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
    folder = Path(tempfile.gettempdir()) / f"headrace-{commit}"
    if not folder.is_dir():
        written = Path(tempfile.mkdtemp(prefix="headrace-"))
        with tarfile.open(fileobj=io.BytesIO(_git("archive", "--format=tar", commit, *PARTS))) as archive:
            archive.extractall(written, filter="data")
        written.rename(folder)
    return folder


def _git(*arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        raise NoSuchRevision(done.stderr.decode().strip())
    return done.stdout
