"""`python -m infra.settings.supposed STAGE CHANGES` prints the settings of a stage as JSON, by name, as they would be
with some changes: JSON again, values by name. What could not be deployed is refused in a sentence.
"""

from __future__ import annotations

import sys
from typing import Any

import orjson
from pydantic import ValidationError

from infra.settings.changed import as_written
from infra.settings.file import ADAPTER, NAMES, SettingsError, chosen
from infra.settings.model import Settings
from shared.text.spelling import closest


def supposed(stage: str, changes: dict[str, Any]) -> Settings:
    """Those in force, with the changes. Raises SettingsError."""
    in_force = chosen(stage)
    for name in changes:
        if name not in NAMES:
            close = closest(name, NAMES)
            raise SettingsError(f"there is no setting {name}" + (f": did you mean {close}?" if close else ""))
    values = {**ADAPTER.dump_python(in_force, mode="json"), **changes}
    try:
        return ADAPTER.validate_json(orjson.dumps(values), strict=True)
    except ValidationError as error:
        wrong = [f"{one['loc'][0]}: {one['msg']}" if one["loc"] else one["msg"] for one in error.errors()]
        raise SettingsError("\n".join(wrong)) from error


def main() -> None:
    try:
        settings = supposed(sys.argv[1], orjson.loads(sys.argv[2]))
    except SettingsError as error:
        raise SystemExit(str(error)) from error
    sys.stdout.buffer.write(orjson.dumps(as_written(settings)))


if __name__ == "__main__":
    main()
