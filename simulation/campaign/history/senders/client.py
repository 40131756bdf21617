"""What a client is asked to write, and what it offers."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class ToSay:
    """An event before it is written. `at` by the client's clock, None where it does not say."""

    marker: str
    type: str
    name: str
    user: str | None = None
    anonymous: str | None = None
    previous: str | None = None
    other_ids: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    traits: Mapping[str, Any] = field(default_factory=dict)
    logged: str | None = None
    device_token: str | None = None


class Written(NamedTuple):
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Client:
    """`write` takes a source's key, the events, and when the client says that it sends. `types` are the types of
    event it can say; `says_visitors` whether it has anonymous ids; `says_log` whether it can put values into a
    list; `gives_ids` whether its events have ids; `resolution` are the milliseconds to which it says times."""

    protocol: str
    write: Callable[[str, Sequence[ToSay], datetime | None], Written]
    types: frozenset[str]
    says_visitors: bool = True
    says_log: bool = False
    says_sent_at: bool = True
    gives_ids: bool = True
    resolution: int = 1


def basic(key: str, password: str = "") -> tuple[str, str]:
    return "authorization", "Basic " + base64.b64encode(f"{key}:{password}".encode()).decode()


def milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


JSON = ("content-type", "application/json")
