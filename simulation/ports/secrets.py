"""The stack's secrets in memory, held to the adapter's contract by tests/unit/aws/test_secrets.py."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import NamedTuple

from shared.failures import Unavailable, VersionConflict
from shared.ports.workspaces import StackSecrets


class FakeSecrets:
    """Set `failing` to make every call raise Unavailable; `reads` counts the reads that succeeded, `failed` the
    calls that did not."""

    def __init__(self, value: Mapping[str, object] | None = None) -> None:
        self.value: dict[str, object] = dict(value or {})
        self.failing = False
        self.reads = 0
        self.failed = 0

    def read(self) -> dict[str, object]:
        self._fail_on_command()
        self.reads += 1
        return copy.deepcopy(self.value)

    def write(self, value: Mapping[str, object], *, instead_of: Mapping[str, object]) -> None:
        self._fail_on_command()
        for name, new in value.items():
            if self.value.get(name) not in (new, instead_of.get(name)):
                raise VersionConflict(f"somebody else changed {name}")
        self.value = {**self.value, **copy.deepcopy(dict(value))}

    def _fail_on_command(self) -> None:
        if self.failing:
            self.failed += 1
            raise Unavailable("told to fail")


class FakeStackSecrets(NamedTuple):
    """Both secrets of a stack, in memory, and as the ports that commands ask for."""

    keys: FakeSecrets
    outgoing: FakeSecrets

    @property
    def ports(self) -> StackSecrets:
        return StackSecrets(self.keys, self.outgoing)
