"""The stack's secrets, each a JSON object in Secrets Manager."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from shared.aws.clients import client, unavailable_when_failing
from shared.failures import Unavailable, VersionConflict

CURRENT = "AWSCURRENT"
WRITTEN = "HEADRACE_WRITTEN"
"""The staging label of a new value, before it becomes the current one."""

ATTEMPTS = 5


class StackSecret:
    """`shared.ports.workspaces.Secrets` over the secret with an ARN."""

    def __init__(self, arn: str) -> None:
        self._arn = arn

    def read(self) -> dict[str, object]:
        """Raises Unavailable, or ValueError (without the text) when the secret is not a JSON object."""
        return self._current()[1]

    def write(self, value: Mapping[str, object], *, instead_of: Mapping[str, object]) -> None:
        """Write a new version. It becomes the current one only if the value that it was made from is still current."""
        for _ in range(ATTEMPTS):
            version, stored = self._current()
            changed = {name: new for name, new in value.items() if stored.get(name) != new}
            if not changed:
                return
            if any(stored.get(name) != instead_of.get(name) for name in changed):
                raise VersionConflict("somebody else changed the stack's secret meanwhile")
            if self._replaced(version, {**stored, **changed}):
                return
        raise Unavailable(f"the secret {self._arn} changed {ATTEMPTS} times while it was being written")

    def _current(self) -> tuple[str, dict[str, Any]]:
        with unavailable_when_failing():
            answer = client("secretsmanager").get_secret_value(SecretId=self._arn, VersionStage=CURRENT)
        try:
            value = orjson.loads(answer["SecretString"])
        except orjson.JSONDecodeError:
            raise ValueError(f"the secret {self._arn} is not JSON") from None
        if not isinstance(value, dict):
            raise ValueError(f"the secret {self._arn} is not a JSON object")
        return answer["VersionId"], value

    def _replaced(self, version: str, value: Mapping[str, object]) -> bool:
        """Replace the version. False if another version has become the current one in the meantime."""
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
        secrets_manager = client("secretsmanager")
        with unavailable_when_failing():
            written = secrets_manager.put_secret_value(
                SecretId=self._arn, SecretString=text, VersionStages=[WRITTEN]
            )
            try:
                secrets_manager.update_secret_version_stage(
                    SecretId=self._arn,
                    VersionStage=CURRENT,
                    MoveToVersionId=written["VersionId"],
                    RemoveFromVersionId=version,
                )
            except secrets_manager.exceptions.InvalidParameterException:
                return False
        return True
