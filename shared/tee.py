"""The tee: a request that a source sent, on its way to the vendor the source came from, and what became of it there."""

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
"""Header of every forwarded request, its value the request's id. What carries it is not forwarded again: two stacks
that were pointed at each other would never stop."""

OF_THE_CONNECTION = frozenset(
    {
        "host", "cookie", "content-length", "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
        "expect", "via", "forwarded", "accept-encoding", "x-real-ip", "true-client-ip", "cdn-loop",
        MARK,
    }
)  # fmt: skip
OF_THE_WAY = ("proxy-", "x-forwarded-", "x-amzn-", "x-amz-cf-", "cloudfront-", "headrace-")

PACKED_FROM = 24 * 1024
"""Bytes of a body from which it is compressed: in base64 and with its headers a smaller one fits the 64 KB that SQS
counts as one message."""


def is_of_the_connection(header: str) -> bool:
    """Whether a header belongs to one hop, to what is in front of us or to us, and not to what the client says."""
    name = header.lower()
    return name in OF_THE_CONNECTION or name.startswith(OF_THE_WAY)


class TeedRequest(NamedTuple):
    """A request as it came, without the headers of its connection. `body` has the encoding it came with.

    `call` is the protocol's word for what was asked; `status` what we answered, with so many `events` in it, of which
    `rejected` were refused. `workspace` is the version that said where it goes. `stored_at` names the object that has
    the body when the queue's message cannot hold it. One that is `withheld` held our own write key where it cannot be
    taken out: it has no headers, query and body, and is only counted.
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
        """ASCII, whatever was in the headers and the path: a queue's message takes not every character."""
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
        """Raises ValueError, without the text, when it is none of ours."""
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
    """What is set instead of the client's own, by header or by query parameter."""

    headers: dict[str, str]
    query: dict[str, str]

    @classmethod
    def of(cls, secret: Mapping[str, object], source: str) -> Self:
        """Out of the stack's outgoing secret, where `headrace tee secret` put them; none is the usual case.

        Raises ValueError, without the text, when something else is there.
        """
        found = _objects(secret, "tees", source)
        return cls(_texts(found, "headers"), _texts(found, "query"))


class Answer(NamedTuple):
    """What the vendor answered to a request: no word of its body, which may quote people's data. Sizes are bytes."""

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
        """One of us took the request, the other did not."""
        return is_taken(self.ours) != is_taken(self.theirs)


class Missed(NamedTuple):
    """A try that brought no answer: it is `tried` again, has `failed` for good (a dead letter now), or the source was
    `switched_off` meanwhile; or it was `withheld`, because our own write key would have gone along."""

    source: str
    received_at: datetime
    how: Literal["tried", "failed", "switched_off", "withheld"]


class Tally(NamedTuple):
    """What a source's requests of one UTC day came to; `counts` add up. `200>401` counts our answer and theirs."""

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
