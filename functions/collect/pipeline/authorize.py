"""Whose request it is, and whether the source may ask it: by the workspace at hand or, before refusing, the latest."""

from __future__ import annotations

from functions.collect.adapter.wire_format import Call
from functions.collect.auth.sources import Sources
from functions.collect.http.responses import NO_KEY, UNKNOWN_KEY, Refused
from functions.collect.work import Work
from shared.plan.reasons import Code
from shared.workspace.collecting import Source


def authorize(work: Work) -> None:
    """Find the source. Raises Refused, or Unavailable: while the workspace cannot be read, a key nobody knows is no
    reason to refuse, as it may be new."""
    try:
        _find(work)
    except Refused:
        if work.is_latest:
            raise
        latest = work.resources.workspace.refreshed()
        if latest is work.workspace:
            raise
        work.workspace, work.is_latest = latest, True
        _find(work)


def sender(work: Work) -> tuple[Source | None, str | None]:
    """The source whose credentials the request shows, let in or not, by the workspace at hand; and the one of them that
    it is known by, if it is text. Raises Unavailable."""
    sources = Sources(work.resources.workspace.get(), work.resources.secrets, work.received_at)
    try:
        return work.call.format.authenticate(work.call, sources), sources.known_by
    except Refused:
        return None, None


def _find(work: Work) -> None:
    call = work.call
    sources = Sources(work.workspace, work.resources.secrets, work.received_at)
    try:
        source = call.format.authenticate(call, sources)
    except Refused as refused:
        raise _without_key(call, sources) if refused.code == NO_KEY else refused from None
    if source is None:
        raise _unknown(call, sources)
    _let_in(call, source)
    work.source, work.credential = source, sources.known_by


def _unknown(call: Call, sources: Sources) -> Refused:
    body = call.body
    if body.problem is not None and body.raw:  # the key may be in there
        return Refused(400, Code.MALFORMED, body.problem)
    if not sources.was_shown:
        return _without_key(call, sources)
    return Refused(401, UNKNOWN_KEY, "no source has this write key; headrace keys lists those there are")


def _without_key(call: Call, sources: Sources) -> Refused:
    from functions.collect.suggestions import missing_keys  # for who is refused: it has every format's paths

    return missing_keys.refusal(call, call.format.words, sources)


def _let_in(call: Call, source: Source) -> None:
    """Raises Refused."""
    origin = call.request.origin
    if origin is not None and source.origins and not {"*", origin} & set(source.origins):
        raise Refused(403, "origin_not_allowed", f"source {source.id} takes no events from this origin")
    if call.route.kind == "private" and source.trust != "server":
        raise Refused(403, Code.NOT_TRUSTED, f"the key of source {source.id} is public and reads nothing")
    size = len(call.body.raw)
    if size > source.limits.batch_bytes:
        sentence = f"the body takes {size} bytes; {source.limits.batch_bytes} is the limit"
        raise Refused(413, Code.TOO_LARGE, sentence)
