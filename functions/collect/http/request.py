"""An HTTP request as the protocols see it, out of API Gateway's event: an HTTP API's (payload format 2.0) or a REST
API's (1.0)."""

from __future__ import annotations

import base64
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs

from functions.collect.caching import cached_when_short
from functions.collect.http.body import Unreadable, unpacked
from shared.gateway_headers import ORIGINAL, STAND_IN

DESTROYED = ("\x1f\ufffd", "x\ufffd")
"""How gzip and zlib begin when they were read as UTF-8: their second byte begins no character."""


class Request(NamedTuple):
    """`path` has no slash at its end, `raw_path` any it came with; header names are lower case, `query` is as it came.

    `transported` is the body as the gateway hands it over: an HTTP API decides by the content type alone what is text,
    and all else is base64; a REST API writes everything so, and `keeps_bytes` is True. `ip` is None where the gateway
    does not know it. `prefix` is what the client's path had before `raw_path`: a REST API's stage, like `/collect`.
    """

    method: str
    path: str
    headers: dict[str, str]
    query: str
    ip: str | None
    transported: str
    is_base64: bool
    raw_path: str = ""
    prefix: str = ""
    keeps_bytes: bool = False

    @classmethod
    def from_gateway(cls, event: dict[str, Any]) -> Self:
        if "rawPath" not in event:
            from functions.collect.http import rest_payload  # what the default never needs

            return cls(**rest_payload.fields(event))
        context = event["requestContext"]
        http = context["http"]
        path = event["rawPath"]
        stage = context.get("stage") or "$default"
        if stage != "$default" and path.startswith(f"/{stage}/"):
            path = path[len(stage) + 1 :]
        headers = _in_lower_case(event.get("headers", {}))
        if headers.get("content-type") == STAND_IN:
            _give_back_content_type(headers)
        return cls(
            http["method"],
            path.rstrip("/") or "/",
            headers,
            event.get("rawQueryString") or "",
            http.get("sourceIp"),
            event.get("body") or "",
            bool(event.get("isBase64Encoded")),
            path,
        )

    def body(self) -> bytes:
        """The body unzipped. Raises TooLarge, or Unreadable when it is broken on the way or a broken archive."""
        if not self.is_base64 and self.transported.startswith(DESTROYED):
            raise Unreadable(
                "the body is compressed, and API Gateway has destroyed it on its way, as it does under the content "
                f"type {self.headers.get('content-type', '')[:80]!r}: send it uncompressed or as "
                "application/octet-stream"
            )
        return unpacked(self.transported_bytes())

    def transported_bytes(self) -> bytes:
        """The body as it was sent. Raises Unreadable when it is broken on the way."""
        if not self.is_base64:
            return self.transported.encode("utf-8", "surrogatepass")
        try:
            return base64.b64decode(self.transported)
        except ValueError as error:
            raise Unreadable("the body arrived broken") from error

    @property
    def address(self) -> str:
        """The host that was asked and whatever a path begins with there: where clients send to, without a scheme."""
        return self.headers.get("host", "") + self.prefix

    @property
    def origin(self) -> str | None:
        return self.headers.get("origin")

    @property
    def user_agent(self) -> str | None:
        return self.headers.get("user-agent")

    @property
    def is_retry(self) -> bool:
        """SDKs count their attempts in `X-Retry-Count`, from 0."""
        count = self.headers.get("x-retry-count")
        return count is not None and count.strip() not in ("", "0")

    def basic_user(self) -> str | None:
        authorization = self.headers.get("authorization")
        pair = None if authorization is None else _basic(authorization)
        return None if pair is None else pair.partition(":")[0] or None

    def basic_pair(self) -> str | None:
        """`user:password` of Basic authorization."""
        authorization = self.headers.get("authorization")
        return None if authorization is None else _basic(authorization)

    def authorization(self, scheme: str) -> str | None:
        """What follows the scheme, `App` or `Token`, in the authorization header."""
        said, _, credentials = self.headers.get("authorization", "").partition(" ")
        return credentials.strip() or None if said.lower() == scheme.lower() else None

    def query_values(self) -> dict[str, str]:
        """Every parameter of the query, the first value of each; empty ones too."""
        found = parse_qs(self.query, keep_blank_values=True) if self.query else {}
        return {name: values[0] for name, values in found.items()}

    def query_value(self, name: str) -> str | None:
        found = parse_qs(self.query).get(name) if self.query else None
        return found[0] if found else None


def _in_lower_case(headers: dict[str, str]) -> dict[str, str]:
    """A copy by the names in lower case, as HTTP APIs send them: all names are looked at as one text, for speed."""
    if "".join(headers).islower():
        return headers.copy()
    return {name.lower(): value for name, value in headers.items()}


def _give_back_content_type(headers: dict[str, str]) -> None:
    """Let the headers be those that the client sent."""
    if sent := headers.pop(ORIGINAL, ""):
        headers["content-type"] = sent
    else:
        del headers["content-type"]


@cached_when_short(1024)
def _basic(authorization: str) -> str | None:
    """User name and password of Basic authorization: some senders leave the colon and the empty password out."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(encoded.strip() + "==").decode()
    except ValueError:
        return None
