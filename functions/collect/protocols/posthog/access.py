"""The project's API key, which is public: in the body or in its events, in the path, the query or as a bearer token."""

from __future__ import annotations

from typing import Any

from functions.collect.adapter.wire_format import Call
from functions.collect.auth.sources import Sources
from functions.collect.http.responses import Refused
from shared.workspace.collecting import Source

IN_BODY = ("api_key", "token", "$token")
IN_PROPERTIES = ("token", "api_key")

SEVERAL_KEYS = "several_keys"


def authenticate(call: Call, sources: Sources) -> Source | None:
    """The request's own key counts for all of its events. Raises Refused where it has none that is known, and the
    events show keys of several sources, as PostHog's capture does."""
    source = sources.of(_of_request(call))
    if source is not None:
        return source
    of_events = _of_events(call.body.document)
    if len(of_events) < 2:
        return sources.of(of_events)
    found = {sources.of((key,)) for key in of_events}
    if len(found) == 1:
        return found.pop()
    named = sorted(source.id if source is not None else "one that nobody has" for source in found)
    sentence = (
        f"the events of a batch must show the key of one source; these show keys of: {', '.join(named)}"
    )
    raise Refused(401, SEVERAL_KEYS, sentence)


def shown(call: Call) -> frozenset[str]:
    """The keys that the request shows: those of its events only where it shows no other."""
    return frozenset(_texts(_of_request(call)) or _of_events(call.body.document))


def _of_request(call: Call) -> list[Any]:
    document, request = call.body.document, call.request
    in_body = [document.get(name) for name in IN_BODY] if isinstance(document, dict) else []
    return [
        *in_body,
        call.parameters.get("token"),
        request.authorization("Bearer"),
        request.query_value("token"),
        request.query_value("api_key"),
    ]


def _of_events(document: object) -> list[str]:
    """One key of each event that shows any, each key once, in order."""
    if isinstance(document, dict):
        document = document.get("batch", [document])
    if not isinstance(document, list):
        return []
    return list(dict.fromkeys(key for one in document if (key := _of_event(one)) is not None))


def _of_event(one: object) -> str | None:
    if not isinstance(one, dict):
        return None
    properties = one.get("properties")
    among = [properties.get(name) for name in IN_PROPERTIES] if isinstance(properties, dict) else []
    return next(iter(_texts([*(one.get(name) for name in IN_BODY), *among])), None)


def _texts(found: list[Any]) -> list[str]:
    return [key for key in found if key.__class__ is str and key]


def without_keys(raw: Any, keys: frozenset[str]) -> Any:
    """The event as it is kept, without the keys the request showed: what else is called `token` is the customer's."""
    if raw.__class__ is not dict:
        return raw
    properties = raw.get("properties")
    if properties.__class__ is dict and any(name in properties for name in IN_PROPERTIES):
        raw = {**raw, "properties": _without(properties, IN_PROPERTIES, keys)}
    return _without(raw, IN_BODY, keys) if any(name in raw for name in IN_BODY) else raw


def _without(found: dict[str, Any], names: tuple[str, ...], keys: frozenset[str]) -> dict[str, Any]:
    return {
        name: value
        for name, value in found.items()
        if not (name in names and value.__class__ is str and value in keys)
    }
