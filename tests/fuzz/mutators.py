"""How a request is changed: its document, its bytes, its headers, its path and query, and whose it says it is."""

from __future__ import annotations

import base64
import copy
import gzip
import json
import re
import zlib
from collections.abc import Callable
from random import Random
from typing import Any
from urllib.parse import quote, unquote, urlencode

from lzstring import LZString  # type: ignore[import-untyped]

from tests.fuzz import corpus, values
from tests.fuzz.sent import Sent

CONTENT_TYPES = (
    "application/json", "application/json; charset=utf-8", "application/json; charset=utf-16", "text/plain", "",
    "application/x-www-form-urlencoded", "application/octet-stream", "application/cloudevents+json",
    "image/png", "application/cloudevents-batch+json", "multipart/form-data; boundary=x", "text/html",
    "application/xml", "é", "a" * 300,
)  # fmt: skip
ENCODINGS = ("gzip", "deflate", "br", "identity", "zstd", "gzip, gzip", "x" * 100)
NAMES = (
    "origin", "user-agent", "accept", "x-retry-count", "headrace-debug", "x-forwarded-for", "x-amzn-trace-id", "host",
    "ce-id", "ce-type", "ce-time", "x-amz-date",
)  # fmt: skip
MOST_CHANGES = 6
BOMB_BYTES = 8 * 1024 * 1024


def mutated(sent: Sent, rng: Random) -> Sent:
    """The request, with one or more of it changed."""
    for _ in range(1 + min(int(rng.expovariate(0.7)), MOST_CHANGES)):
        sent = rng.choices(CHANGES, WEIGHTS)[0](sent, rng)
    return sent


def of_call(sent: Sent, rng: Random) -> Sent:
    """A call of the API's description, with its path filled in, a body of another request, and somebody's key."""
    path = sent.path
    while "{" in path:
        name = path[path.index("{") + 1 : path.index("}")]
        filled = rng.choice(corpus.SAMPLES.get(name.removesuffix("+"), corpus.IDS))
        path = path.replace("{" + name + "}", quote(filled, safe="%"), 1)
    if sent.method not in ("GET", "HEAD", "OPTIONS"):
        sent = sent.but(body=rng.choice(corpus.payloads()).body)
    else:
        sent = sent.but(query=rng.choice(corpus.payloads()).query)
    return _key(sent.but(path=path), rng)


def _document(sent: Sent, rng: Random) -> Sent:
    document = corpus.document_of(sent.body)
    if document is None:
        return _bytes(sent, rng)
    try:
        changed = changed_document(copy.deepcopy(document), rng)
        body = values.dumped(changed, ascii_only=rng.random() < 0.7)
    except RecursionError:  # nested deeper than we can copy, which collect is to see as it is
        return _bytes(sent, rng)
    return sent.but(body=gzip.compress(body, 1, mtime=0) if sent.body[:2] == b"\x1f\x8b" else body)


def changed_document(document: Any, rng: Random) -> Any:
    """One place of it changed."""
    place: Any = None
    step: Any = None
    here = document
    while isinstance(here, (dict, list)) and here and rng.random() < 0.75:
        place, step = here, rng.choice(list(here) if isinstance(here, dict) else range(len(here)))
        here = place[step]
    if place is None:
        return _whole(document, rng)
    kind = rng.randrange(8)
    if kind < 3:
        place[step] = values.value(rng)
    elif kind == 3:
        del place[step]
    elif kind == 4 and isinstance(place, dict):
        place[rng.choice(corpus.fields())] = copy.deepcopy(here)
        if rng.random() < 0.5:
            place.pop(step, None)
    elif kind == 4:
        place.append(copy.deepcopy(here))
    elif kind == 5:
        place[step] = rng.choice(
            ([here], {"a": here}, str(here), [here, here], {step: here} if isinstance(step, str) else here)
        )
    elif kind == 6 and isinstance(place, dict):
        twice = values.Doubled((*place.items(), (step, values.value(rng))))
        return _replaced(document, place, twice)
    elif isinstance(place, dict):
        place[values.text(rng)] = values.value(rng)
    else:
        rng.shuffle(place)
    return document


def _whole(document: Any, rng: Random) -> Any:
    return rng.choice(
        ([document], [document] * 3, {"batch": document}, {"events": [document]}, values.value(rng), document)
    )


def _replaced(document: Any, old: Any, new: Any) -> Any:
    if document is old:
        return new
    if isinstance(document, dict):
        return {name: _replaced(one, old, new) for name, one in document.items()}
    if isinstance(document, list):
        return [_replaced(one, old, new) for one in document]
    return document


def _inner(sent: Sent, rng: Random) -> Sent:
    """A document within a text of the request: JSON, base64 or LZ-String in a parameter or a field."""
    found = [one for one in _texts(sent) if len(one) > 8]
    rng.shuffle(found)
    for text in found:
        for read, write in CODECS:
            try:
                document = json.loads(read(unquote(text)))
                changed = values.dumped(changed_document(document, rng), ascii_only=True).decode()
            except Exception:  # noqa: BLE001  whatever a codec of others says of what is not its own
                continue
            if isinstance(document, (dict, list)):
                new = write(changed)
                return sent.but(
                    query=sent.query.replace(text, quote(new, safe="")),
                    body=sent.body.replace(
                        text.encode(),
                        quote(new, safe="").encode() if b"=" in sent.body[:20] else new.encode(),
                    ),
                )
    return _query(sent, rng)


def _texts(sent: Sent) -> list[str]:
    parts = re.split("[&=]", sent.query) if sent.query else []
    document = corpus.document_of(sent.body)
    if document is None:
        return [*parts, *re.split("[&=]", sent.body.decode("utf-8", "replace"))]
    places = [document]
    for place in places:
        if isinstance(place, (dict, list)):
            places += place.values() if isinstance(place, dict) else place
    return [*parts, *(one for one in places if isinstance(one, str) and one.isascii())]


def _based(text: str) -> str:
    return base64.b64decode(text + "===").decode()


def _based_for_urls(text: str) -> str:
    return base64.urlsafe_b64decode(text + "===").decode()


CODECS: tuple[tuple[Callable[[str], str], Callable[[str], str]], ...] = (
    (str, str),
    (_based, lambda text: base64.b64encode(text.encode()).decode()),
    (_based_for_urls, lambda text: base64.urlsafe_b64encode(text.encode()).decode()),
    (LZString().decompressFromBase64, LZString().compressToBase64),
)


def _bytes(sent: Sent, rng: Random) -> Sent:
    body = sent.body
    at = rng.randrange(len(body) + 1)
    kind = rng.randrange(7)
    if kind == 0:
        body = body[:at]
    elif kind == 1:
        body = body[:at] + rng.randbytes(rng.randint(1, 4)) + body[at:]
    elif kind == 2:
        body = body[:at] + body[at + rng.randint(1, 8) :]
    elif kind == 3:
        body = body.decode("utf-8", "replace").encode(
            rng.choice(("utf-16", "utf-32", "cp1252", "utf-8-sig", "utf-7")), "replace"
        )
    elif kind == 4:
        body = body + body
    elif kind == 5:
        body = values.text(rng).encode("utf-8", "surrogatepass")
    else:
        body = urlencode(
            {"data": body.decode("utf-8", "replace"), "compression": rng.choice(("gzip", "base64", "lz64"))}
        ).encode()
    return sent.but(body=body)


def _packed(sent: Sent, rng: Random) -> Sent:
    body = sent.body
    once = gzip.compress(body, 1, mtime=0)
    kind = rng.randrange(8)
    if kind == 0:
        once = once[: rng.randrange(len(once))]
    elif kind == 1:  # several members
        half = len(body) // 2
        once = gzip.compress(body[:half], 1, mtime=0) + gzip.compress(body[half:], 1, mtime=0)
    elif kind == 2:
        once = gzip.compress(once, 1, mtime=0)
    elif kind == 3:
        once = zlib.compress(body, 1)
    elif kind == 4:
        once = once + rng.randbytes(5)
    elif kind == 5:
        once = bytes([*once[:-6], *(byte ^ 1 for byte in once[-6:])])
    elif kind == 6 and rng.random() < 0.01:
        once = bomb(rng.choice((b" ", b"[", b"0")))
    headers = {**sent.headers}
    if rng.random() < 0.7:
        headers["content-encoding"] = rng.choice(ENCODINGS)
    return sent.but(body=once, headers=headers)


def bomb(byte: bytes) -> bytes:
    """Some KB that become 8 MB."""
    return gzip.compress(byte * BOMB_BYTES, 9, mtime=0)


def _headers(sent: Sent, rng: Random) -> Sent:
    headers = dict(sent.headers)
    kind = rng.randrange(6)
    if kind == 0 and headers:
        del headers[rng.choice(sorted(headers))]
    elif kind == 1:
        headers["content-type"] = rng.choice(CONTENT_TYPES)
    elif kind == 2:
        name, value = rng.choice(corpus.headers())
        headers[name] = value
    elif kind == 3:
        headers[rng.choice(NAMES)] = _sendable(values.text(rng))
    elif kind == 4:
        headers["headrace-debug"] = "1"
    elif headers:
        name = rng.choice(sorted(headers))
        headers[name] = _sendable(values.text(rng))
    return sent.but(headers=headers)


def _sendable(text: str) -> str:
    """What a gateway hands over of a header: Latin-1 without control characters, and no blanks at its ends."""
    return re.sub(r"[\x00-\x08\x0a-\x1f\x7f]", "", text.encode("utf-8", "replace").decode("latin-1")).strip(
        " \t"
    )


def _key(sent: Sent, rng: Random) -> Sent:
    """Somebody's key, where this format has it, or another."""
    key = rng.choice(corpus.KEYS)
    kind = rng.randrange(4)
    if kind == 0:
        return sent.but(headers={**sent.headers, **rng.choice(corpus.shown(key))})
    if kind == 1:
        name = rng.choice(("api_key", "writeKey", "write_key", "aid", "api_secret", "key", "token"))
        return sent.but(query=f"{sent.query}&{name}={key}".lstrip("&"))
    for other in corpus.KEYS:
        sent = sent.but(
            path=sent.path.replace(other, key),
            query=sent.query.replace(other, key),
            body=sent.body.replace(other.encode(), key.encode()),
        )
    return sent


def _query(sent: Sent, rng: Random) -> Sent:
    parts = sent.query.split("&") if sent.query else []
    kind = rng.randrange(5)
    if kind == 0 and parts:
        del parts[rng.randrange(len(parts))]
    elif kind == 1 and parts:
        parts.append(rng.choice(parts))
    elif kind == 2 and parts:
        at = rng.randrange(len(parts))
        parts[at] = parts[at].partition("=")[0] + "=" + _quoted(values.text(rng))
    elif kind == 3:
        parts.append(rng.choice(corpus.payloads()).query or "validate=true")
    else:
        parts.append(
            rng.choice(
                (
                    "%",
                    "=",
                    "&",
                    "%ff=%fe",
                    "a=%00",
                    "=%ud800",
                    "a" * 2000 + "=1",
                    "ri=true",
                    "v=2",
                    "config=true",
                )
            )
        )
    return sent.but(query="&".join(parts))


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"))


def _path(sent: Sent, rng: Random) -> Sent:
    kind = rng.randrange(6)
    path = sent.path
    if kind == 0:
        path = rng.choice(corpus.payloads()).path
    elif kind == 1:
        path += rng.choice(("/", "//", "/x", ".json", "%2f", "/%00", "/..", "?"))
    elif kind == 2:
        steps = path.split("/")
        steps[rng.randrange(len(steps))] = _quoted(values.text(rng))
        path = "/".join(steps)
    elif kind == 3:
        path = path.upper()
    elif kind == 4:
        return sent.but(
            method=rng.choice(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "X"))
        )
    else:
        path = of_call(rng.choice(corpus.calls()), rng).path
    return sent.but(path="/" + path.lstrip("/"))


def _api(sent: Sent, rng: Random) -> Sent:
    return sent.but(api=rng.choice(("http", "rest")))


CHANGES: tuple[Callable[[Sent, Random], Sent], ...] = (
    _document,
    _inner,
    _bytes,
    _packed,
    _headers,
    _key,
    _query,
    _path,
    _api,
)
WEIGHTS = (50, 12, 8, 8, 8, 10, 8, 4, 10)
