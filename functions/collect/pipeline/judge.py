"""Whose request it is, and the verdict on its events: by the workspace kept or, before refusing, by the latest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import NamedTuple, Protocol, TypeVar

from functions.collect.adapter import growth
from functions.collect.adapter.event_builder import Arrival
from functions.collect.adapter.field_names import in_words
from functions.collect.adapter.lookups import Desk
from functions.collect.adapter.message_ids import apart
from functions.collect.adapter.wire_format import Call, Change, Delivery, Parsed, WireFormat
from functions.collect.auth.source_secrets import SourceSecrets
from functions.collect.auth.sources import Sources
from functions.collect.http.responses import UNKNOWN_KEY, Refused
from functions.collect.pipeline.verdicts import Verdicts, judge
from shared.plan.reasons import Code, Reason
from shared.plan.tracking_plan import Plan
from shared.ports.failures import Unavailable
from shared.workspace.model import Source, Workspace

Answer = TypeVar("Answer")


class CurrentWorkspace(Protocol):
    """`shared.workspace.current.CurrentWorkspace`, as far as it is used here."""

    def get(self) -> Workspace: ...

    def refreshed(self) -> Workspace: ...


class Judged(NamedTuple):
    """`parsed` and `verdicts` are of the same items, judged by `workspace`. `shown` is the credential, if it is text,
    that the source was known by."""

    workspace: Workspace
    source: Source
    delivery: Delivery
    parsed: Parsed
    verdicts: Verdicts
    shown: str | None = None


class Judge:
    """Changes nothing outside, so that a request can be judged twice."""

    def __init__(self, workspace: CurrentWorkspace, secrets: SourceSecrets) -> None:
        self._workspace = workspace
        self._secrets = secrets
        self._plan: tuple[Workspace, Plan] | None = None

    def workspace_version(self) -> int:
        return self._workspace.get().version

    def has_tees(self) -> bool:
        return self._workspace.get().has_tees

    def sender(self, call: Call, protocol: WireFormat, at: datetime) -> tuple[Source | None, str | None]:
        """The source whose credentials the call shows, let in or not, by the workspace kept; and the one of them that
        it is known by, if it is text. Raises Unavailable."""
        sources = Sources(self._workspace.get(), self._secrets, at)
        try:
            return protocol.authenticate(call, sources), sources.known_by
        except Refused:
            return None, None

    def source(self, id_: str) -> Source | None:
        return self._workspace.get().source_by_id.get(id_)

    def asking(self, call: Call, protocol: WireFormat, at: datetime) -> tuple[Workspace, Source | None]:
        """Who makes a call that brings no events, and the workspace as of now. Raises as `hear` does."""
        if call.route.kind == "open":
            return self._workspace.get(), None
        answer, _ = self._or_latest(lambda known: (known, self._permitted(call, protocol, known, at)))
        return answer

    def hear(
        self, call: Call, protocol: WireFormat, received_at: datetime, desk: Callable[[Workspace], Desk]
    ) -> Judged:
        """Judged, with what was rejected said in the words of the format. Raises Refused for the whole request,
        TooLarge, or Unavailable.

        While the configuration cannot be read, a key nobody knows is no reason to refuse: it may be new. An event that
        the kept plan rejects is rejected: it stays replayable.
        """
        judged, is_latest = self._or_latest(partial(self._judged, call, protocol, received_at, desk))
        if not judged.verdicts.rejected:
            return judged
        if judged.verdicts.may_change and not is_latest:
            judged = self._by_the_latest(judged, call, protocol, received_at, desk)
        return _explained(judged, protocol, call.body.document)

    def _by_the_latest(
        self,
        judged: Judged,
        call: Call,
        protocol: WireFormat,
        received_at: datetime,
        desk: Callable[[Workspace], Desk],
    ) -> Judged:
        """As it was judged where there is no other workspace."""
        try:
            latest = self._workspace.refreshed()
        except Unavailable:
            return judged
        if latest is judged.workspace:
            return judged
        return self._judged(call, protocol, received_at, desk, latest)

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
        self,
        call: Call,
        protocol: WireFormat,
        received_at: datetime,
        desk: Callable[[Workspace], Desk],
        workspace: Workspace,
    ) -> Judged:
        sources = Sources(workspace, self._secrets, received_at)
        source = _let_in(call, protocol.authenticate(call, sources), sources, protocol)
        delivery = _delivery(call, source, received_at)
        if call.body.problem is None:
            found = protocol.parse(call, delivery)
        else:
            reason = Reason(Code.MALFORMED, "", call.body.problem)
            found = Parsed(
                Arrival.of(received_at, None, is_retry=False), [({}, [reason])], [call.body.raw], {}
            )
        apart(found.items)
        if found.acquaintances:
            _refuse_strangers(found, desk(workspace))
        verdicts = judge(found, source, self.plan(workspace), self._secrets, growth.MOST)
        return Judged(workspace, source, delivery, found, verdicts, sources.known_by)

    def changed(
        self,
        call: Call,
        protocol: WireFormat,
        change: Change,
        source: Source,
        workspace: Workspace,
        at: datetime,
    ) -> Judged:
        """The events of a change that a call asked for, read as their replay would read them."""
        delivery = _delivery(call, source, at)
        items = [protocol.again(call.route.call, raw, change.common, delivery)[1] for raw in change.raw]
        found = Parsed(Arrival.of(at, None, is_retry=False), items, change.raw, change.common)
        verdicts = judge(found, source, self.plan(workspace), self._secrets, growth.MOST)
        judged = Judged(workspace, source, delivery, found, verdicts)
        return _explained(judged, protocol, call.body.document)

    def _permitted(self, call: Call, protocol: WireFormat, workspace: Workspace, at: datetime) -> Source:
        """The source whose credentials the call shows. Raises Refused when there is none, or it may not ask this."""
        sources = Sources(workspace, self._secrets, at)
        return _let_in(call, protocol.authenticate(call, sources), sources, protocol)

    def plan(self, workspace: Workspace) -> Plan:
        """Its compiled validators are kept as long as the workspace is."""
        if self._plan is None or self._plan[0] is not workspace:
            self._plan = (workspace, Plan(workspace))
        return self._plan[1]


def _refuse_strangers(parsed: Parsed, desk: Desk) -> None:
    """Give each item that wants a known person its reason where nobody is."""
    for position, identity_key, otherwise in parsed.acquaintances:
        reasons = parsed.items[position][1]
        understood = all(reason.observation is not None for reason in reasons)
        if understood and desk.person(identity_key) is None:
            reasons.append(otherwise)


def _delivery(call: Call, source: Source, received_at: datetime) -> Delivery:
    request = call.request
    return Delivery(
        path=call.route.path,  # as it came it may hold a key, or an address
        received_at=received_at,
        is_retry=request.is_retry,
        is_browser=source.trust == "browser",
        ip=request.ip,
        user_agent=request.user_agent,
    )


def _explained(judged: Judged, protocol: WireFormat, document: object) -> Judged:
    """What was rejected, in the format's words, and what may have been meant."""
    rejected = judged.verdicts.rejected
    if rejected:
        from functions.collect.adapter import misspelt_ids  # for what is rejected
        from functions.collect.pipeline import suggestions  # for what is rejected

        rejected = in_words(suggestions.added(rejected, judged.workspace), protocol.WORDS)
        rejected = misspelt_ids.added(rejected, judged.parsed.raw, document, protocol.WORDS)
    return judged._replace(verdicts=judged.verdicts._replace(rejected=rejected))


def _let_in(call: Call, source: Source | None, sources: Sources, protocol: WireFormat) -> Source:
    body = call.body
    if source is None:
        if body.problem is not None and body.raw:  # the key may be in there
            raise Refused(400, Code.MALFORMED, body.problem)
        if not sources.was_shown:
            from functions.collect.auth import (
                missing_keys,  # for who is refused, with the paths of every format
            )

            raise missing_keys.refusal(call, protocol.WORDS, sources)
        raise Refused(401, UNKNOWN_KEY, "no source has this write key; headrace keys lists those there are")
    origin = call.request.origin
    if origin is not None and source.origins and not {"*", origin} & set(source.origins):
        raise Refused(403, "origin_not_allowed", f"source {source.id} takes no events from this origin")
    if call.route.kind == "private" and source.trust != "server":
        raise Refused(403, Code.NOT_TRUSTED, f"the key of source {source.id} is public and reads nothing")
    if len(body.raw) > source.limits.batch_bytes:
        sentence = f"the body takes {len(body.raw)} bytes; {source.limits.batch_bytes} is the limit"
        raise Refused(413, Code.TOO_LARGE, sentence)
    return source
