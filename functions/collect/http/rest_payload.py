"""A request out of a REST API's event (payload format 1.0), as an HTTP API would have handed it over.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
Loaded with the first such event.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

Several = Mapping[str, list[str]]


def fields(event: dict[str, Any]) -> dict[str, Any]:
    """Of a `Request`. The event's `path` has no stage; its context has the path that the client asked for, which on
    API Gateway's own host begins with the stage and on a domain of one's own does not."""
    context = event["requestContext"]
    path, asked = event["path"], context.get("path") or ""
    raw_path = _decoded(path)
    return {
        "method": event["httpMethod"],
        "path": raw_path.rstrip("/") or "/",
        "headers": _headers(event),
        "query": _query(event),
        "ip": (context.get("identity") or {}).get("sourceIp"),
        "transported": event.get("body") or "",
        "is_base64": bool(event.get("isBase64Encoded")),
        "raw_path": raw_path,
        "prefix": asked.removesuffix(path) if asked.endswith(path) else "",
        "keeps_bytes": True,
    }


def _decoded(path: str) -> str:
    """A REST API leaves the path as it came; an HTTP API decodes all of it but `%25`."""
    return unquote(path.replace("%25", "%2525")) if "%" in path else path


def _headers(event: dict[str, Any]) -> dict[str, str]:
    """One that was sent several times is joined by commas."""
    joined: dict[str, str] = {}
    for name, values in _several(event, "multiValueHeaders", "headers").items():
        name, value = name.lower(), ",".join(values)
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _query(event: dict[str, Any]) -> str:
    """Written anew: names and values come decoded, each name once with its values in their order."""
    several = _several(event, "multiValueQueryStringParameters", "queryStringParameters")
    return "&".join(
        f"{_encoded(name)}={_encoded(value)}" for name, values in several.items() for value in values
    )


def _encoded(text: str) -> str:
    return quote(text, safe="", errors="replace")


def _several(event: dict[str, Any], several: str, single: str) -> Several:
    """Both are null where there is nothing."""
    found: Several | None = event.get(several)
    return (
        found if found is not None else {name: [value] for name, value in (event.get(single) or {}).items()}
    )
