"""Sending rows to collect, and what it says of each of them.

With `Headrace-Debug` collect tells every event's verdict in any protocol, so one reading serves all formats.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
import urllib3

from cli.imports.row import Row, written
from cli.problem import Problem

RETRIES = urllib3.Retry(
    total=8,
    status_forcelist=(429, 502, 503, 504),
    allowed_methods=None,
    backoff_factor=0.5,
    backoff_max=30,
    respect_retry_after_header=True,
    raise_on_status=False,
)
"""For up to two minutes: the same rows again count once."""

SECONDS = 60


@dataclass(frozen=True)
class Refusal:
    """A row that collect rejected; its body is kept there, replayable."""

    number: int
    reasons: list[dict[str, str]]


class Collect:
    """The collect API of a stack, as a server's source sees it."""

    def __init__(self, url: str, write_key: str) -> None:
        self.write_key = write_key
        self._url = url
        self._http = urllib3.PoolManager(retries=RETRIES, timeout=SECONDS)
        self._headers = {
            **urllib3.make_headers(basic_auth=f"{write_key}:", user_agent="headrace-import"),
            "content-type": "application/json",
            "headrace-debug": "1",
            # Where the formats carry a key of their own:
            "x-clevertap-account-id": "headrace-import",
            "x-clevertap-passcode": write_key,
        }

    def send(self, path: str, document: Any, rows: list[Row]) -> list[Refusal]:
        """The rows that were rejected. Raises Problem when they could not be judged; TooMuch when they are too many."""
        try:
            answer = self._http.request(
                "POST", self._url + path, body=written(document), headers=self._headers
            )
        except urllib3.exceptions.HTTPError as error:
            raise Problem(
                f"Collect does not answer: {error}", "`headrace status` shows what is running."
            ) from error
        if answer.status == 413:
            raise TooMuch
        body = _json(answer.data)
        verdicts = body.get("events")
        if not isinstance(verdicts, list) or len(verdicts) != len(rows):
            raise Problem(
                f"Collect answered {answer.status}: {answer.data[:300].decode(errors='replace')}",
                "The import needs a source whose trust is `server`: headrace keys shows them.",
            )
        return [
            Refusal(row.number, verdict["reasons"])
            for row, verdict in zip(rows, verdicts, strict=True)
            if verdict["verdict"] == "rejected"
        ]


class TooMuch(Exception):
    """The request is larger than the source may send; half of it may fit."""


def _json(data: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
