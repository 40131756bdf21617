"""`python -m infra.settings.in_force STAGE [REGION [ACCOUNT]]` prints the settings of a stage as JSON, where each comes
from, and what is wrong with them where the stack goes.

The command is a program of its own because `cli` imports nothing of `infra`, as it runs the CDK app by `cdk`.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from infra.placement import Where
from infra.settings.changed import as_written
from infra.settings.file import NAMES, SettingsError, SettingsFile, as_line, chosen_file
from infra.settings.findings import findings
from infra.settings.stages import TARGETS


def report(stage: str, file: Path | None, where: Where) -> dict[str, Any]:
    """`settings` by name: `value`, `default`, and the file's `line` that says so, or null; `errors` and `warnings`, a
    line each. Raises SettingsError."""
    read = SettingsFile(file) if file else None
    values = as_written((read.in_force() if read else TARGETS)[stage])
    defaults = as_written(TARGETS[stage])
    found = findings(stage, read, where) if read else []
    return {
        "stage": stage,
        "file": str(file) if file else None,
        "errors": [as_line(one) for one in found if one.severity == "error"],
        "warnings": [as_line(one) for one in found if one.severity == "warning"],
        "settings": {
            name: {
                "value": values[name],
                "default": defaults[name],
                "line": read.line(stage, name) if read else None,
            }
            for name in asdict(TARGETS[stage])
            if name in NAMES
        },
    }


def main() -> None:
    try:
        found = report(sys.argv[1], chosen_file(), Where(*sys.argv[2:]))
    except SettingsError as error:
        raise SystemExit(str(error)) from error
    sys.stdout.buffer.write(orjson.dumps(found))


if __name__ == "__main__":
    main()
