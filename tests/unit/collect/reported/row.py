"""A request that was reported against a system like this one, and what is right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.collect_stage import Api


@dataclass(frozen=True)
class Reported:
    """`body` as `Stage.request` takes it, `headers` and `query` with the credentials. `answer` are the fields that the
    answer's body must have (all of it, where it is no object; None is not looked at), `events` the fields of each event
    on the stream, in order, and `refused` the codes of each rejected event that was kept. Where the two are empty,
    nothing may have come of the request."""

    path: str
    body: object = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    method: str = "POST"
    status: int = 200
    answer: Any = None
    events: tuple[Mapping[str, Any], ...] = ()
    refused: tuple[tuple[str, ...], ...] = ()
    observed: tuple[str, ...] = ()
    api: Api = "http"
