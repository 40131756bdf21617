"""The version of a checkout: the one in pyproject.toml, and the commit if git knows it."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

CHANGED = "changed"
"""Added to the version if one of Headrace's files differs from its commit."""

DIGITS = 12
"""Hex digits of a commit's hash, enough for `git checkout`."""


def declared(checkout: Path) -> str:
    """`0.1.0`."""
    version: str = tomllib.loads((checkout / "pyproject.toml").read_text())["project"]["version"]
    return version


def version_of(checkout: Path) -> str:
    """The version, such as `0.1.0+b58762c1f0e2`, with `.changed` if it is; without a commit, only the declared one."""
    commit = _git(checkout, "rev-parse", f"--short={DIGITS}", "HEAD")
    if not commit or _git(
        checkout, "rev-parse", "--show-prefix"
    ):  # in another repository's folder it is that one's
        return declared(checkout)
    changed = f".{CHANGED}" if _git(checkout, "status", "--porcelain", "--untracked-files=no") else ""
    return f"{declared(checkout)}+{commit}{changed}"


def _git(checkout: Path, *arguments: str) -> str:
    """The output of git; `""` if there is no git, or the checkout is not a repository."""
    try:
        done = subprocess.run(
            ["git", "-C", str(checkout), *arguments], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
