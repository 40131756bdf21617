"""One shape of a request in several sizes: what it takes must grow as it does, and no faster.

Processor time of this thread and bytes at the peak, each the least of a few tries, of a size and of eight times it.
Time is noisy where others work beside us, growth is not: what seems too much is measured again, some seconds long, and
the least is believed.
"""

from __future__ import annotations

import base64
import copy
import gc
import gzip
import json
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote, quote_from_bytes

from lzstring import LZString  # type: ignore[import-untyped]

from shared.workspace.limits import MOST_BATCH_BYTES
from tests.fakes.collect_stage import LENIENT, basic
from tests.fuzz import corpus
from tests.fuzz.sent import Sent
from tests.fuzz.target import Target
from tests.unit.collect.fan_outs import FAN_OUTS, FanOut

TIMES = 8
MOST_RATIO = 3 * TIMES
"""Of what eight times as much takes: linear is 8, quadratic 64."""

WAITS = (0.0, 0.5, 1.0, 2.0, 4.0)
"""Seconds before each further try."""

LEAST_NANOSECONDS, LEAST_BYTES = 400_000, 400_000
"""What any request may take, so that a small one's noise is no growth."""

SIZE = 2_500
"""Characters, or things, of the smaller request: eight times it still fits into an event."""

FILLINGS = (
    "a", "1", " ", "a@", "a.", "+1", "2026-", "%2", "\\", '"', "é", "\U0001f600", "{{", "<", "-", "a=b&", "/",
    ":", "\x00",
)  # fmt: skip


class Grown(NamedTuple):
    """How many times as much eight times the size takes."""

    time: float
    memory: float

    @property
    def is_too_much(self) -> bool:
        return self.time > MOST_RATIO or self.memory > MOST_RATIO


Shape = Callable[[int], Sent]


def grown(shape: Shape) -> Grown:
    found = _measured(shape, 2)
    for wait in WAITS:
        if not found.is_too_much:
            break
        time.sleep(wait)
        again = _measured(shape, 5)
        found = Grown(min(found.time, again.time), min(found.memory, again.memory))
    return found


def _measured(shape: Shape, rounds: int) -> Grown:
    """By pairs, so that whoever is busy beside us slows both sizes down."""
    target, small, large = Target(), shape(SIZE), shape(SIZE * TIMES)
    pairs = [(_nanoseconds(target, small), _nanoseconds(target, large)) for _ in range(rounds)]
    least_small, least_large = (max(min(times), LEAST_NANOSECONDS) for times in zip(*pairs, strict=True))
    peaks = [max(_peak(target, one), LEAST_BYTES) for one in (small, large)]
    return Grown(least_large / least_small, peaks[1] / peaks[0])


def _nanoseconds(target: Target, sent: Sent) -> int:
    """Without the collector of garbage: what it takes depends on all that the tests hold, not on the request."""
    gc.disable()
    try:
        began = time.thread_time_ns()
        target.ask(sent)
        return time.thread_time_ns() - began
    finally:
        gc.enable()


def _peak(target: Target, sent: Sent) -> int:
    tracemalloc.start()
    try:
        target.ask(sent)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


PAIR = {"authorization": basic(f"{LENIENT}:"), "content-type": "application/json"}


def posted(path: str, body: bytes, headers: dict[str, str] | None = None, query: str = "") -> Sent:
    return Sent("", "POST", path, query, {**PAIR, **(headers or {})}, body)


def track(properties: str) -> bytes:
    return ('{"type":"track","event":"E","userId":"u","properties":' + properties + "}").encode()


def of_fan_out(one: FanOut, shared_of: Callable[[int], int], events_of: Callable[[int], int]) -> Shape:
    """By the characters that are shared and the events that share them, each of the size."""

    def shape(size: int) -> Sent:
        shared, events = shared_of(size), events_of(size)
        query = one.query if isinstance(one.query, str) else one.query(shared)
        body = json.dumps(one.body(shared, events)).encode()
        return Sent("", "POST", one.path, query, {**one.headers, "content-type": "application/json"}, body)

    return shape


NAMED: dict[str, Shape] = {
    "objects in each other": lambda n: posted("/v1/track", track('{"a":' * n + "1" + "}" * n)),
    "lists in each other": lambda n: posted("/v1/track", track('{"a":' + "[" * n + "]" * n + "}")),
    "objects in as many levels as JSON may have": lambda n: posted(
        "/v1/track", track('{"a":' * (n // 25) + "1" + "}" * (n // 25))
    ),
    "lists in as many levels as JSON may have": lambda n: posted(
        "/v1/track", track('{"a":' + "[" * (n // 25) + "]" * (n // 25) + "}")
    ),
    "lists that do not end": lambda n: posted("/v1/track", b"[" * n),
    "many fields": lambda n: posted("/v1/track", track(json.dumps({f"k{at}": 1 for at in range(n // 8)}))),
    "one field many times": lambda n: posted("/v1/track", track("{" + ",".join(['"k":1'] * (n // 8)) + "}")),
    "a number of many digits": lambda n: posted("/v1/track", track('{"a":' + "9" * n + "}")),
    "many digits after the point": lambda n: posted("/v1/track", track('{"a":0.' + "1" * n + "}")),
    "halves of surrogate pairs": lambda n: posted("/v1/track", track('{"a":"' + "\\ud800" * (n // 8) + '"}')),
    "many spaces": lambda n: posted("/v1/track", b" " * n + track("{}")),
    "many small events": lambda n: posted(
        "/v1/batch",
        json.dumps({"batch": [{"type": "track", "event": "E", "userId": "u"}] * (n // 8)}).encode(),
    ),
    "many people": lambda n: posted(
        "/v1/batch",
        json.dumps(
            {"batch": [{"type": "track", "event": "E", "userId": f"u{at}"} for at in range(n // 8)]}
        ).encode(),
    ),
    "many wrong events": lambda n: posted("/v1/batch", json.dumps({"batch": [1] * (n // 8)}).encode()),
    "many unknown events": lambda n: posted(
        "/v1/batch",
        json.dumps({"batch": [{"type": "track", "event": f"E{at}"} for at in range(n // 8)]}).encode(),
    ),
    "a bomb": lambda n: posted("/v1/batch", gzip.compress(b" " * (n * 1_000), 9, mtime=0)),
    "many members of gzip": lambda n: posted("/v1/batch", gzip.compress(b" ", mtime=0) * (n // 8)),
    "gzip in gzip": lambda n: posted("/v1/batch", gzip.compress(gzip.compress(b" " * (n * 1_000), 9), 9)),
    "a long query": lambda n: posted("/v1/track", track("{}"), query="a=b&" * (n // 4)),
    "a long user agent": lambda n: posted(
        "/v1/track", track("{}"), {"user-agent": "Mozilla/5.0 (" * (n // 13)}
    ),
    "a long origin": lambda n: posted("/v1/track", track("{}"), {"origin": "https://" + "a." * n}),
    "a long authorization": lambda n: posted(
        "/v1/track", track("{}"), {"authorization": "Basic " + "YTo" * n}
    ),
    "a long path": lambda n: posted("/v1/" + "a/" * n, b"{}"),
    "a path that is nearly one": lambda n: posted("/v1/trac" + "k" * n, b"{}"),
}
"""By what grows in them."""


PACKED: dict[str, Callable[[bytes], Sent]] = {
    "gzip": lambda held: posted("/v1/batch", gzip.compress(held, 9, mtime=0)),
    "gzip in the base64 of a form": lambda held: posted(
        "/e", b"data=" + quote_from_bytes(base64.b64encode(gzip.compress(held, 9, mtime=0))).encode()
    ),
    "zlib": lambda held: posted("/e", zlib.compress(held, 9)),
    "LZ-String": lambda held: Sent(
        "", "GET", "/a", "d=" + quote(LZString.compressToBase64(held[:: len(held) // LZ_LENGTH].decode()))
    ),
}
"""Every form of an archive that a format reads, of what it holds."""

LZ_LENGTH = 1024 * 1024
"""Characters in LZ-String: its own limit is a quarter of it, and to pack more takes seconds."""

HELD = 12 * 1024 * 1024
MOST_UNPACKED = 3 * MOST_BATCH_BYTES
"""Bytes at the peak of a request whose archive holds three times as much as any may. Whatever is linear in what an
archive holds is linear in the archive: only a bound finds it."""


def peak_of_archive(packed: Callable[[bytes], Sent]) -> int:
    """Bytes, of some that holds `HELD` spaces in an event."""
    return _peak(Target(), packed(b'{"a":"' + b" " * HELD + b'"}'))


def eighth(size: int) -> int:
    return size // 8


NAMED |= {f"{name} of much": of_fan_out(one, eighth, lambda _: 20) for name, one in FAN_OUTS.items()}
NAMED |= {f"{name} of many": of_fan_out(one, lambda _: 50, eighth) for name, one in FAN_OUTS.items()}
NAMED |= {f"much {name} of many": of_fan_out(one, int, eighth) for name, one in FAN_OUTS.items()}
"""Much that many share would grow by the square: the larger request is refused."""


def texts() -> Iterator[tuple[str, Shape]]:
    """Every text of every recorded request, filled with what a pattern may stumble over."""
    for sent in corpus.payloads():
        document = corpus.document_of(sent.body)
        for path in _paths(document):
            for filling in FILLINGS:
                yield (
                    f"{sent.name} {'.'.join(map(str, path))} {filling!r}",
                    _filled(sent, document, path, filling),
                )
        for name in sent.headers:
            for filling in FILLINGS[:-4]:
                yield f"{sent.name} {name}: {filling!r}", _in_header(sent, name, filling)


def sample(count: int, seed: int) -> list[tuple[str, Shape]]:
    return Random(seed).sample(list(texts()), count)


def _paths(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(document, str):
        yield path
    steps: Any = document.items() if isinstance(document, dict) else ()
    for step, value in enumerate(document[:1]) if isinstance(document, list) else steps:
        yield from _paths(value, (*path, step))


def _filled(sent: Sent, document: Any, path: tuple[Any, ...], filling: str) -> Shape:
    def shape(size: int) -> Sent:
        made = copy.deepcopy(document)
        text = filling * (size // len(filling))
        if not path:
            return sent.but(body=json.dumps(text).encode())
        place = made
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = text
        return sent.but(body=json.dumps(made).encode())

    return shape


def _in_header(sent: Sent, name: str, filling: str) -> Shape:
    def shape(size: int) -> Sent:
        text = (filling * (size // len(filling))).encode().decode("latin-1").replace("\x00", "")
        return sent.but(headers={**sent.headers, name: sent.headers[name] + text})

    return shape
