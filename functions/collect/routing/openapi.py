"""The collect API as OpenAPI 3.1, out of the route tables: `make openapi` writes docs/openapi.json.

What each format's bodies look like is the vendors' to say; here is which calls there are, who may ask, and what the
statuses mean with us.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from functions.collect import protocols
from functions.collect.adapter.wire_format import Route

ACCESS = {
    "events": "Needs a source's credentials, wherever the format carries them.",
    "rehearsal": "Needs a source's credentials. Judges events and stores nothing.",
    "settings": "Needs a source's credentials.",
    "private": "Needs the credentials of a source whose trust is `server`.",
    "open": "Needs no credentials.",
}

STATUSES = {
    "2XX": "Done, or at least one event is stored; what was rejected is told in the format's own way and kept.",
    "400": "Nothing was accepted; which field broke which rule.",
    "401": "No source has these credentials (some formats say 403).",
    "413": "The request is too large; nothing of it is kept.",
    "429": "Too many events a second; come back after `Retry-After`.",
    "503": "Not everything could be stored; send the request again after `Retry-After`.",
}

WITH_A_BODY = frozenset({"POST", "PUT", "PATCH"})


def description() -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {
        "/health": {
            "get": {
                "summary": "Whether events are taken, and by which version of the workspace.",
                "responses": {"200": {"description": "They are."}, "503": {"description": STATUSES["503"]}},
            }
        }
    }
    tags = []
    for name in protocols.NAMES:
        tags.append(_tag(name))
        for route in protocols.wire_format(name).routes:
            path = route.path.replace("+}", "}")
            paths.setdefault(path, {})[route.method.lower()] = _operation(name, route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Headrace collect",
            "version": "1",
            "description": "Every wire format that Headrace takes events in. One page per format: docs/protocols/.",
        },
        "tags": tags,
        "paths": dict(sorted(paths.items())),
    }


def _tag(name: str) -> dict[str, Any]:
    """Of the package's docstring: what it is, and the vendor's page."""
    said = (protocols.wire_format(name).about or "").strip()
    tag: dict[str, Any] = {"name": name, "description": said.splitlines()[0]}
    if page := re.search(r"https://\S+", said):
        tag["externalDocs"] = {"url": page.group()}
    return tag


def _operation(name: str, route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "tags": [name],
        "summary": route.summary,
        "description": ACCESS[route.kind],
        "responses": {
            status: {"description": meaning}
            for status, meaning in STATUSES.items()
            if route.kind != "open" or status == "2XX"
        },
    }
    parameters = re.findall(r"\{(\w+)\+?\}", route.path)
    if parameters:
        operation["parameters"] = [
            {"name": one, "in": "path", "required": True, "schema": {"type": "string"}} for one in parameters
        ]
    if route.method in WITH_A_BODY:
        operation["requestBody"] = {
            "description": "As the vendor's clients send it, whatever the content type says; gzip under a textual one "
            "may need a REST API in front (docs/gateways.md).",
            "content": {"application/json": {}},
        }
    return operation


def text() -> str:
    return json.dumps(description(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
