"""Whose request it is, and the verdict on its events: by the workspace kept or, before refusing, by the latest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import NamedTuple, Protocol, TypeVar

from functions.collect.canonical import Arrival
from functions.collect.responses import Refused
from functions.collect.sources import Sources
from functions.collect.verdicts import Verdicts, judge
from functions.collect.verification import IdentitySecrets
from functions.collect.wire_format import Call, Delivery, Parsed, WireFormat
from shared.plan import Plan
from shared.ports import Unavailable
from shared.reasons import Code, Reason
from shared.workspace import Source, Workspace

Answer = TypeVar("Answer")


class CurrentWorkspace(Protocol):
    """`shared.current_workspace.CurrentWorkspace`, as far as it is used here."""

    def get(self) -> Workspace: ...

    def refreshed(self) -> Workspace: ...


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

    def asking(self, call: Call, protocol: WireFormat) -> tuple[Workspace, Source | None]:
        """Who makes a call that brings no events, and the workspace as of now. Raises as `hear` does."""
        if call.route.kind == "open":
            return self._workspace.get(), None
        return self._or_latest(lambda workspace: (workspace, _permitted(call, protocol, workspace)))[0]

    def hear(self, call: Call, protocol: WireFormat, received_at: datetime) -> Judged:
        """Raises Refused for the whole request, TooLarge, or Unavailable.

        While the configuration cannot be read, a key nobody knows is no reason to refuse: it may be new. An event that
        the kept plan rejects is rejected: it stays replayable.
        """
        judged, is_latest = self._or_latest(partial(self._judged, call, protocol, received_at))
        if is_latest or not judged.verdicts.may_change:
            return judged
        try:
            latest = self._workspace.refreshed()
        except Unavailable:
            return judged
        if latest is judged.workspace:
            return judged
        return self._judged(call, protocol, received_at, latest)

    def _or_latest(self, by: Callable[[Workspace], Answer]) -> tuple[Answer, bool]:
        """The answer by the workspace kept; where that refuses, by the latest (then it is True that it was)."""
        kept = self._workspace.get()
        try:
            return by(kept), False
        except Refused:
            latest = self._workspace.refreshed()
            if latest is kept:
                raise
            return by(latest), True

    def _judged(
        self, call: Call, protocol: WireFormat, received_at: datetime, workspace: Workspace
    ) -> Judged:
        source = _permitted(call, protocol, workspace)
        request = call.request
        delivery = Delivery(
            path=request.path,
            received_at=received_at,
            is_retry=request.is_retry,
            is_browser=source.trust == "browser",
            ip=request.ip,
            user_agent=request.user_agent,
        )
        if call.body.problem is None:
            found = protocol.parse(call, delivery)
        else:
            reason = Reason(Code.MALFORMED, "", call.body.problem)
            found = Parsed(
                Arrival.of(received_at, None, is_retry=False), [({}, [reason])], [call.body.raw], {}
            )
        verdicts = judge(found, source, self.plan(workspace), self._secrets)
        return Judged(workspace, source, delivery, found, verdicts)

    def plan(self, workspace: Workspace) -> Plan:
        """Its compiled validators are kept as long as the workspace is."""
        if self._plan is None or self._plan[0] is not workspace:
            self._plan = (workspace, Plan(workspace))
        return self._plan[1]


def _permitted(call: Call, protocol: WireFormat, workspace: Workspace) -> Source:
    """The source whose credentials the call shows. Raises Refused when there is none, or it may not ask this."""
    source = protocol.authenticate(call, Sources(workspace))
    body = call.body
    if source is None:
        if body.problem is not None and body.raw:  # the key may be in there
            raise Refused(400, Code.MALFORMED, body.problem)
        raise Refused(401, "unknown_write_key", "no source has this write key")
    origin = call.request.origin
    if origin is not None and source.origins and not {"*", origin} & set(source.origins):
        raise Refused(403, "origin_not_allowed", f"source {source.id} takes no events from this origin")
    if call.route.kind == "private" and source.trust != "server":
        raise Refused(403, Code.NOT_TRUSTED, f"the key of source {source.id} is public and reads nothing")
    if len(body.raw) > source.limits.batch_bytes:
        sentence = f"the body takes {len(body.raw)} bytes; {source.limits.batch_bytes} is the limit"
        raise Refused(413, Code.TOO_LARGE, sentence)
    return source
