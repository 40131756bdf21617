"""The request as the vendor gets it: the client's method, path, query and body, with another host in front."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, unquote_plus

from shared.tee import MARK, Credentials, TeedRequest
from shared.workspace.collecting import Tee

IN_A_PATH = "/-_.~!$&'()*+,;=:@%"
IN_A_QUERY = IN_A_PATH + '?[]{}|"\\^`<>'
"""What stays as it is. The gateway hands paths over decoded; queries as they came, whatever clients put there."""

LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


class VendorRequest(NamedTuple):
    """`target` begins with the path. `body` None is no body."""

    method: str
    host: str
    target: str
    headers: dict[str, str]
    body: bytes | None


def vendor_request(request: TeedRequest, body: bytes, tee: Tee, credentials: Credentials) -> VendorRequest:
    """`body` is the request's, wherever it was kept."""
    path = quote(LONE_PERCENT.sub("%25", request.path), safe=IN_A_PATH, errors="replace")
    query = _query(quote(request.query, safe=IN_A_QUERY, errors="replace"), credentials.query)
    headers = _over(_over(request.headers, tee.headers), credentials.headers)
    return VendorRequest(
        method=request.method,
        host=tee.host,
        target=f"{path}?{query}" if query else path,
        headers={**headers, MARK: request.id},
        body=body if body or request.method not in ("GET", "HEAD") else None,
    )


def _over(headers: Mapping[str, str], instead: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in {**headers, **_lower(instead)}.items()}


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _query(query: str, instead: Mapping[str, str]) -> str:
    """Parameters of other names stay byte for byte as they came."""
    kept = [part for part in query.split("&") if unquote_plus(part.partition("=")[0]) not in instead]
    added = [f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in instead.items()]
    return "&".join(part for part in (*kept, *added) if part) if instead else query
