"""The tee: requests that a source sent, forwarded to the vendor that its clients used before, and the vendor's
answers."""

from __future__ import annotations

import base64
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple, Self

from shared.events import utc_text

MARK = "headrace-tee"
"""The header of every forwarded request; its value is the request's id. A request that has it is not forwarded again,
because two stacks that point at each other would never stop."""

OF_THE_CONNECTION = frozenset(
    {
        "host", "cookie", "content-length", "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
        "expect", "via", "forwarded", "accept-encoding", "x-real-ip", "true-client-ip", "cdn-loop",
        MARK,
    }
)  # fmt: skip
OF_THE_WAY = ("proxy-", "x-forwarded-", "x-amzn-", "x-amz-cf-", "cloudfront-", "headrace-")

PACKED_FROM = 24 * 1024
"""Bodies of this many bytes and more are compressed. In base64 and with its headers, a smaller one fits into the 64 KB
that SQS bills as one request: https://aws.amazon.com/sqs/pricing/"""


def is_of_the_connection(header: str) -> bool:
    """Whether a header belongs to the connection, the gateway or Headrace, and not to the client's request."""
    name = header.lower()
    return name in OF_THE_CONNECTION or name.startswith(OF_THE_WAY)


class TeedRequest(NamedTuple):
    """A request as it came, without the headers of its connection. `body` has its original encoding.

    `call` is the protocol's name for the call. `status` is Headrace's answer; the request had `events` events, of which
    `rejected` were rejected. `workspace` is the version that says where it goes. `stored_at` names the object with the
    body, if it is too large for the queue. A `withheld` request contained a Headrace write key where it cannot be
    removed. It has no headers, query and body, and is only counted.
    """

    id: str
    source: str
    protocol: str
    call: str
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    status: int
    events: int
    rejected: int
    received_at: datetime
    workspace: int
    stored_at: str | None = None
    withheld: bool = False

    def encode(self) -> bytes:
        """The request as ASCII, because a queue's message does not accept every character."""
        body, packed = self.body, False
        if len(body) >= PACKED_FROM and len(smaller := zlib.compress(body, 1)) < len(body):
            body, packed = smaller, True
        fields = self._asdict() | {
            "body": base64.b64encode(body).decode(),
            "received_at": utc_text(self.received_at),
            "packed": packed,
        }
        return json.dumps(fields, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, message: str | bytes) -> Self:
        """Decode a message. Raises ValueError, without quoting it, if it is not one of Headrace's."""
        try:
            fields = json.loads(message)
            packed = fields.pop("packed")
            body = base64.b64decode(fields["body"])
            fields["body"] = zlib.decompress(body) if packed else body
            fields["received_at"] = datetime.fromisoformat(fields["received_at"]).astimezone(UTC)
            return cls(**fields)
        except (ValueError, TypeError, KeyError, AttributeError, zlib.error):
            raise ValueError("not a request to be forwarded") from None


class Credentials(NamedTuple):
    """Credentials that replace the client's own, by header and by query parameter."""

    headers: dict[str, str]
    query: dict[str, str]

    @classmethod
    def of(cls, secret: Mapping[str, object], source: str) -> Self:
        """The source's credentials from the stack's outgoing secret, where `headrace tee secret` puts them. Usually
        there are none.

        Raises ValueError, without quoting it, if the secret has something else there.
        """
        found = _objects(secret, "tees", source)
        return cls(_texts(found, "headers"), _texts(found, "query"))


class Answer(NamedTuple):
    """The vendor's answer to a request, without its body, which may contain personal data. Sizes are in bytes."""

    request: str
    source: str
    protocol: str
    call: str
    ours: int
    theirs: int
    milliseconds: int
    sent: int
    answered: int
    content_type: str
    events: int
    rejected: int
    received_at: datetime
    answered_at: datetime

    @property
    def differs(self) -> bool:
        """Whether only one side, Headrace or the vendor, accepted the request."""
        return is_taken(self.ours) != is_taken(self.theirs)


class Missed(NamedTuple):
    """An attempt without an answer. The request is `tried` again, has `failed` for good (it is now a dead letter), or
    its source's tee was `switched_off` in the meantime. Or it was `withheld`, because it contains a Headrace write
    key."""

    source: str
    received_at: datetime
    how: Literal["tried", "failed", "switched_off", "withheld"]


class Tally(NamedTuple):
    """The sums of a source's requests of one UTC day. In `counts`, `200>401` counts requests by Headrace's and the
    vendor's answer."""

    source: str
    day: date
    counts: Counter[str]


def is_taken(status: int) -> bool:
    return 200 <= status < 300


def tallied(answers: Iterable[Answer], missed: Iterable[Missed]) -> list[Tally]:
    found: dict[tuple[str, date], Counter[str]] = {}
    for answer in answers:
        found.setdefault((answer.source, _day(answer.received_at)), Counter()).update(
            {
                f"{answer.ours}>{answer.theirs}": 1,
                "forwarded": 1,
                "differing": int(answer.differs),
                "events": answer.events,
                "rejected": answer.rejected,
                "sent": answer.sent,
                "answered": answer.answered,
                "milliseconds": answer.milliseconds,
            }
        )
    for one in missed:
        found.setdefault((one.source, _day(one.received_at)), Counter())[one.how] += 1
    return [Tally(source, day, counts) for (source, day), counts in found.items()]


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _objects(found: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    for name in names:
        value = found.get(name, {})
        if not isinstance(value, dict):
            raise ValueError(f"`{name}` in the stack's secret is not an object")
        found = value
    return found


def _texts(found: Mapping[str, Any], name: str) -> dict[str, str]:
    texts = _objects(found, name)
    if not all(isinstance(text, str) for text in texts.values()):
        raise ValueError(f"`{name}` of a tee in the stack's secret has a value that is no text")
    return dict(texts)
