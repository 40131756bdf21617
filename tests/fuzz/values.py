"""Values that parsers do not expect. `Raw` is text that goes into JSON as it is: numbers that no library writes."""

from __future__ import annotations

import json
from random import Random
from typing import Any, NamedTuple

LIMITS = (1, 8, 64, 100, 128, 200, 255, 256, 512, 1000, 1024, 2048)
"""Characters that something has at most, somewhere; one less and one more are tried too."""

TEXTS = (
    "", " ", "\x00", "a\x00b", "\ud800", "\udfffx", "a\ud83d", "\u202eabc", "\u200b", "\ufeff", "\u2028", "é",
    "e\u0301", "İ", "ß", "\U0001f600", "👩‍👩‍👧", "ﷺ" * 3, "null", "true", "NaN", "undefined", "[object Object]",
    "-0", "0", "1e309", "1,5", "١٢٣", "\U0001d7d9", "u1", "user:u1", "anonymous:v1", "email:a@b.example", "a@b.example",
    "A@B.EXAMPLE ", "+12025550100", "../../etc/passwd", "%00", "%2e%2e%2f", "{{ person.email }}", "${jndi:x}",
    "'; DROP TABLE x;--", "<script>alert(1)</script>", "__proto__", "constructor", "$set", "$D_1700000000",
    "$D_99999999999999999999", "$D_", "\r\nset-cookie: a=b", "\n", "\t", "2026-11-21T12:00:00Z", "2026-02-30",
    "0000-00-00", "9999-12-31T23:59:59.999999Z", "10000-01-01", "-0001-01-01", "2026-11-21T12:00:00+99:99",
    "2026-11-21T24:00:00Z", "2016-12-31T23:59:60Z", "1970-01-01T00:00:00Z", "1795262400", "user", "server",
    "headrace-doctor", "system", "track", "identify", "alias", "Complete Purchase", "View Item",
)  # fmt: skip

NUMBERS = (
    0, -0.0, 1, -1, 0.1, 1e-320, 1.7976931348623157e308, 2**31 - 1, 2**31, 2**53, 2**53 + 1, 2**63 - 1, 2**63,
    2**64, -(2**63) - 1, 10**30, 1700000000, 1700000000000, 1795262400, 1795262400000, 1795262400000000,
    253402300800, -62135596801,
)  # fmt: skip


class Raw(NamedTuple):
    text: str


RAW_TEXTS = (
    "NaN", "Infinity", "-Infinity", "1e400", "-1e400", "9" * 400, "0." + "1" * 400, "1E+2", "01", "+1", "'a'",
    "undefined", '"\\ud800"', '"\\u0000"', '"\\x"', "{", "]", "tru", '{"a":1,"a":2}', '{"":{}}', "// x",
    "1e-400",
)  # fmt: skip
RAWS = tuple(map(Raw, RAW_TEXTS))


def value(rng: Random) -> Any:
    kind = rng.randrange(10)
    if kind < 4:
        return text(rng)
    if kind < 6:
        return rng.choice(NUMBERS)
    if kind == 6:
        return rng.choice((None, True, False, [], {}, [None], {"": None}, [[]], [{}]))
    if kind == 7:
        return rng.choice(RAWS)
    if kind == 8:
        return nested(rng)
    return many(rng)


def text(rng: Random) -> str:
    if rng.random() < 0.25:
        size = rng.choice(LIMITS) + rng.choice((-1, 0, 1))
        return rng.choice(("x", "é", "\U0001f600", "\x00", '"', "\\", " ")) * size
    return rng.choice(TEXTS)


def nested(rng: Random) -> Any:
    depth = rng.choice((2, 8, 31, 33, 64, 65, 127, 129, 254, 256, 490, 980, 1100))
    opened, closed = rng.choice((("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")))
    return Raw(opened * depth + "1" + closed * depth)


def many(rng: Random) -> Any:
    """Of one thing, more than is usual."""
    count = rng.choice((2, 10, 21, 65, 257, 1025))
    if rng.random() < 0.5:
        return [rng.choice(NUMBERS[:10])] * count
    return {f"k{at}": at for at in range(count)}


def dumped(document: Any, *, ascii_only: bool) -> bytes:
    """JSON with what is `Raw` in it as it is. Half surrogate pairs are written as they are."""
    parts: list[str] = []
    _write(document, parts, ascii_only)
    return "".join(parts).encode("utf-8", "surrogatepass")


def _write(document: Any, parts: list[str], ascii_only: bool) -> None:
    if isinstance(document, Raw):
        parts.append(document.text)
    elif isinstance(document, Doubled):
        parts.append("{")
        for at, (name, one) in enumerate(document.pairs):
            parts.append(("," if at else "") + json.dumps(name, ensure_ascii=ascii_only) + ":")
            _write(one, parts, ascii_only)
        parts.append("}")
    elif isinstance(document, dict):
        _write(Doubled(tuple(document.items())), parts, ascii_only)
    elif isinstance(document, list):
        parts.append("[")
        for at, one in enumerate(document):
            parts.append("," if at else "")
            _write(one, parts, ascii_only)
        parts.append("]")
    else:
        parts.append(json.dumps(document, ensure_ascii=ascii_only))


class Doubled(NamedTuple):
    """An object whose names may come twice."""

    pairs: tuple[tuple[str, Any], ...]
