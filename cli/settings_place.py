"""The settings file that this checkout's stacks are made with, for the `cdk` and for whoever looks at changes."""

from __future__ import annotations

import os
from pathlib import Path

from cli.checkout import ROOT
from cli.problem import Problem
from shared.authoring.user_settings import VARIABLE, NoSuchFile, settings_file


def chosen() -> Path | None:
    """None when everything is as `infra/settings` says. Raises Problem."""
    try:
        return settings_file(ROOT, os.environ.get(VARIABLE))
    except NoSuchFile as error:
        raise Problem(str(error), "docs/operating.md says where settings are.") from error


def environment() -> dict[str, str]:
    """For a process that starts in another directory, and shall use this file or none. Raises Problem."""
    return {VARIABLE: str(chosen() or os.devnull)}
