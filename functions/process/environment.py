"""The names of the resources the stack made for this stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self


@dataclass(frozen=True, slots=True)
class Environment:
    """Each field is the environment variable of the same name in capitals. Raises KeyError when one is missing."""

    profiles_table: str
    timeline_table: str
    rejected_table: str
    workspace_table: str
    workspace_bucket: str
    bus_name: str
    dead_letter_queue_url: str

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Self:
        return cls(**{name.name: values[name.name.upper()] for name in fields(cls)})
