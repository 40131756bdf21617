"""The settings that a stage would be deployed with, read by a program in `infra`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import orjson

from cli import settings_place
from cli.checkout import ROOT
from cli.problem import Problem


def read(stage: str, region: str | None = None, account: str | None = None) -> dict[str, Any]:
    """`stage`, `file`, `settings` by name with `value`, `default`, `line`; `errors`, what cannot be deployed to that
    region and account, and `warnings`. Raises Problem for a mistake in them."""
    place = [region, *([account] if account else [])] if region else []
    return _said_by("infra.settings.in_force", stage, *place)


def supposed(stage: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The values of all settings, by name, as they would be with these changes. Raises Problem."""
    return _said_by("infra.settings.supposed", stage, orjson.dumps(changes).decode())


def _said_by(program: str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", program, *arguments],
        cwd=ROOT,
        env={**os.environ, **settings_place.environment()},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise Problem(
            "The settings cannot be used:\n" + done.stderr.decode(errors="replace").rstrip(),
            "headrace.example.yaml lists every setting.",
        )
    found: dict[str, Any] = orjson.loads(done.stdout)
    return found


def as_text(value: Any) -> str:
    """As one writes it in YAML, on one line."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
