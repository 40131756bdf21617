"""The project's API key, which is public: in the body or in its events, in the path, the query or as a bearer token."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from functions.collect.sources import Sources
from functions.collect.wire_format import Call
from shared.workspace import Source

IN_BODY = ("api_key", "token", "$token")
IN_PROPERTIES = ("token", "api_key")


def authenticate(call: Call, sources: Sources) -> Source | None:
    return sources.of((*_of_request(call), *_of_first_event(call.body.document)))


def shown(call: Call) -> frozenset[str]:
    """The keys that the request shows: those of its first event only where it shows no other."""
    found = [key for key in _of_request(call) if key.__class__ is str]
    return frozenset(found or [key for key in _of_first_event(call.body.document) if key.__class__ is str])


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


def _of_first_event(document: object) -> Iterator[Any]:
    if isinstance(document, dict) and isinstance(document.get("batch"), list):
        document = document["batch"]
    if isinstance(document, list):
        document = document[0] if document else None
    if isinstance(document, dict):
        yield from (document.get(name) for name in IN_BODY)
        properties = document.get("properties")
        if isinstance(properties, dict):
            yield from (properties.get(name) for name in IN_PROPERTIES)


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
