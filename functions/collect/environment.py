"""The names of the resources the stack made for this stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self


@dataclass(frozen=True, slots=True)
class Environment:
    """Each field is the environment variable of the same name in capitals. Raises KeyError when one is missing."""

    stream_name: str
    rejected_table: str
    profiles_table: str
    workspace_table: str
    workspace_bucket: str
    secret_arn: str
    define_function: str
    tee_queue_url: str

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Self:
        return cls(**{name.name: values[name.name.upper()] for name in fields(cls)})
