"""One HTTP request to `collect`, byte for byte as it is given: nothing is added that would help it through."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

from shared.events import DOCTOR

SECONDS = 30
"""More than a function of a busy laptop takes to start, and as long as API Gateway waits for one."""

AT_ONCE = threading.BoundedSemaphore(4)
"""Requests on their way: a laptop, or an account of ten functions, has little more to give."""

AGENT = DOCTOR
"""By this `collect` marks the line of a probe that it refuses."""


@dataclass(frozen=True)
class Reply:
    """Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        """The body's JSON object; empty where it is none."""
        try:
            found = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def words(self) -> str:
        """Status and what is said of it, for people."""
        document = self.document
        reasons = [reason for one in document.get("rejected") or () for reason in one.get("reasons", ())]
        said = document.get("message") or next((reason.get("message") for reason in reasons), None)
        return f"{self.status}: {said or self.body[:120].decode('utf-8', 'replace') or 'no body'}"


def ask(method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Reply:
    """Raises OSError when nobody answers, HTTPException when it is no HTTP."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    with AT_ONCE:
        connection = kind(parts.netloc, timeout=SECONDS)
        try:
            connection.request(
                method, parts.path + (f"?{parts.query}" if parts.query else ""), body, dict(headers)
            )
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, found, answer.read())
        finally:
            connection.close()
