"""The name of the user who runs the command, for the record of a change."""

from __future__ import annotations

import getpass


def who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, ImportError, OSError):  # a container's user may have no name
        return "unknown"
