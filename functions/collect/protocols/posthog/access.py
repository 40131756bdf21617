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
    request = call.request
    return sources.of(
        (
            *shown(call.body.document),
            call.parameters.get("token"),
            request.authorization("Bearer"),
            request.query_value("token"),
            request.query_value("api_key"),
        )
    )


def shown(document: object) -> Iterator[Any]:
    """Every key that the body shows, or its first event."""
    if isinstance(document, list):
        document = document[0] if document else None
    if not isinstance(document, dict):
        return
    yield from (document.get(name) for name in IN_BODY)
    yield from (_part(document, "properties").get(name) for name in IN_PROPERTIES)
    batch = document.get("batch")
    if isinstance(batch, list):
        yield from shown(batch[0] if batch and isinstance(batch[0], dict) else None)


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


def _part(document: dict[str, Any], name: str) -> dict[str, Any]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}
