"""The stack's secret in memory, held to the adapter's contract by tests/unit/aws/test_secrets.py."""

from __future__ import annotations

import copy
from collections.abc import Mapping

from shared.ports import Unavailable


class FakeSecrets:
    """Set `failing` to make every call raise Unavailable; `reads` counts the reads that succeeded."""

    def __init__(self, value: Mapping[str, object] | None = None) -> None:
        self.value: dict[str, object] = dict(value or {})
        self.failing = False
        self.reads = 0

    def read(self) -> dict[str, object]:
        self._fail_on_command()
        self.reads += 1
        return copy.deepcopy(self.value)

    def write(self, value: Mapping[str, object]) -> None:
        self._fail_on_command()
        self.value = {**self.value, **copy.deepcopy(dict(value))}

    def _fail_on_command(self) -> None:
        if self.failing:
            raise Unavailable("told to fail")
