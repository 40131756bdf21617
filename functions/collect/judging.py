"""Whose request it is, and the verdict on its events: by the workspace kept or, before refusing, by the latest."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from functions.collect.body import Unreadable, parsed
from functions.collect.canonical import Arrival
from functions.collect.protocols import Delivery, Parsed, Route, wire_format
from functions.collect.request import Request
from functions.collect.responses import Refused
from functions.collect.verdicts import Verdicts, judge
from functions.collect.verification import IdentitySecrets
from shared.plan import Plan
from shared.ports import Unavailable
from shared.reasons import Code, Reason
from shared.workspace import Source, Workspace
from shared.write_keys import key_hash

_digest = lru_cache(maxsize=1024)(key_hash)


class CurrentWorkspace(Protocol):
    """`shared.current_workspace.CurrentWorkspace`, as far as it is used here."""

    def get(self) -> Workspace: ...

    def refreshed(self) -> Workspace: ...


class Body(NamedTuple):
    """`document` is None when `problem` says why the bytes are no JSON."""

    raw: bytes
    document: Any
    problem: str | None

    @classmethod
    def of(cls, request: Request) -> Body:
        """Raises TooLarge."""
        raw = None
        try:
            raw = request.body()
            return cls(raw, parsed(raw), None)
        except Unreadable as error:
            return cls(
                request.transported.encode("utf-8", "replace") if raw is None else raw, None, str(error)
            )


class Judged(NamedTuple):
    """`parsed` and `verdicts` are of the same items, judged by `workspace`."""

    workspace: Workspace
    source: Source
    delivery: Delivery
    parsed: Parsed
    verdicts: Verdicts


class Judge:
    """Changes nothing outside, so that a request can be judged twice."""

    def __init__(self, workspace: CurrentWorkspace, secrets: IdentitySecrets) -> None:
        self._workspace = workspace
        self._secrets = secrets
        self._plan: tuple[Workspace, Plan] | None = None

    def workspace_version(self) -> int:
        return self._workspace.get().version

    def hear(self, request: Request, route: Route, body: Body, received_at: datetime) -> Judged:
        """Raises Refused for the whole request, TooLarge, or Unavailable.

        While the configuration cannot be read, a key nobody knows is no reason to refuse: it may be new. An event that
        the kept plan rejects is rejected: it stays replayable.
        """
        kept = self._workspace.get()
        try:
            judged = self._judged(request, route, body, received_at, kept)
        except Refused:
            latest = self._workspace.refreshed()
            if latest is kept:
                raise
            return self._judged(request, route, body, received_at, latest)
        if not judged.verdicts.may_change:
            return judged
        try:
            latest = self._workspace.refreshed()
        except Unavailable:
            return judged
        return judged if latest is kept else self._judged(request, route, body, received_at, latest)

    def _judged(
        self, request: Request, route: Route, body: Body, received_at: datetime, workspace: Workspace
    ) -> Judged:
        protocol = wire_format(route.protocol)
        source = _source(protocol.write_keys(request, body.document), request, body, workspace)
        delivery = Delivery(
            path=request.path,
            received_at=received_at,
            is_retry=request.is_retry,
            is_browser=source.trust == "browser",
            ip=request.ip,
            user_agent=request.user_agent,
        )
        if body.problem is None:
            found = protocol.parse(route.call, body.document, delivery)
        else:
            reason = Reason(Code.MALFORMED, "", body.problem)
            found = Parsed(Arrival.of(received_at, None, is_retry=False), [({}, [reason])], [body.raw], {})
        verdicts = judge(found, source, self.plan(workspace), self._secrets)
        return Judged(workspace, source, delivery, found, verdicts)

    def plan(self, workspace: Workspace) -> Plan:
        """Its compiled validators are kept as long as the workspace is."""
        if self._plan is None or self._plan[0] is not workspace:
            self._plan = (workspace, Plan(workspace))
        return self._plan[1]


def _source(keys: list[str], request: Request, body: Body, workspace: Workspace) -> Source:
    """The source one of the keys belongs to. Raises Refused when there is none, or it may not send this."""
    source = None
    for key in keys:
        source = source or workspace.source_by_key_hash.get(_digest(key))
    if source is None:
        if body.problem is not None:  # the key may be in there
            raise Refused(400, Code.MALFORMED, body.problem)
        raise Refused(401, "unknown_write_key", "no source has this write key")
    if request.origin is not None and source.origins and not {"*", request.origin} & set(source.origins):
        raise Refused(403, "origin_not_allowed", f"source {source.id} takes no events from this origin")
    if len(body.raw) > source.limits.batch_bytes:
        sentence = f"the body takes {len(body.raw)} bytes; {source.limits.batch_bytes} is the limit"
        raise Refused(413, Code.TOO_LARGE, sentence)
    return source
