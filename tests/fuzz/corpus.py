"""What is mutated: every request of tests/payloads, and every call of the API's description."""

from __future__ import annotations

import gzip
import json
import zlib
from functools import cache
from pathlib import Path
from typing import Any

from functions.collect.protocols import NAMES
from tests.fakes.collect_stage import BROWSER, LENIENT, METERED, OBSERVE, STRICT, basic
from tests.fuzz.sent import Sent

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "tests" / "payloads").glob("*/*.json"))

DEFINER, UNKNOWN = "hr_definer", "hr_nobody"
KEYS = (STRICT, LENIENT, OBSERVE, BROWSER, METERED, DEFINER, UNKNOWN)
"""Write keys of the sources, and one of none."""

SAMPLES = {
    "key": KEYS, "token": KEYS, "apiKey": KEYS, "app": KEYS, "application-id": KEYS, "appId": KEYS,
    "definitionId": ("Complete Purchase", "View Item", "Nobody's"),
}  # fmt: skip
"""Values of a path's parameters, by their names; others are ids."""

IDS = ("u1", "v-1", "12345", "ann@shop.example", "%C3%A9", "..%2F..", "0")


def shown(key: str) -> tuple[dict[str, str], ...]:
    """A source's key in the headers of each format."""
    return (
        {"authorization": basic(f"{key}:")},
        {"authorization": basic(f"{key}:secret")},
        {"authorization": f"App {key}"},
        {"authorization": f"Bearer {key}"},
        {"authorization": f"Token {key}"},
        {"x-netmera-api-key": key},
        {"x-clevertap-account-id": key},
        {"x-clevertap-account-id": "a", "x-clevertap-passcode": key},
        {"x-mp-key": key},
    )


@cache
def payloads() -> tuple[Sent, ...]:
    """In the order of their names."""
    return tuple(_of_file(file) for file in FILES)


@cache
def calls() -> tuple[Sent, ...]:
    """One of every operation that the API's description has, without a body."""
    paths = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]
    return tuple(
        Sent(
            f"openapi {method.upper()} {path}",
            method.upper(),
            path,
            headers={"content-type": "application/json"},
        )
        for path, operations in sorted(paths.items())
        for method in sorted(operations)
        if method in ("get", "post", "put", "patch", "delete", "head", "options")
    )


@cache
def fields() -> tuple[str, ...]:
    """Names of fields of every format."""
    return tuple(sorted({name for one in payloads() for name in _names(document_of(one.body))}))


@cache
def headers() -> tuple[tuple[str, str], ...]:
    """Headers of every format."""
    return tuple(sorted({pair for one in payloads() for pair in one.headers.items()}))


def document_of(body: bytes) -> Any:
    """The JSON in a body, unzipped if it is zipped; None if there is none."""
    try:
        return json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
    except (ValueError, OSError, EOFError, RecursionError, zlib.error):
        return None


def _of_file(file: Path) -> Sent:
    asked = json.loads(file.read_text())["request"]
    raw = (
        asked["text"].encode()
        if "text" in asked
        else json.dumps(asked["body"]).encode()
        if "body" in asked
        else b""
    )
    return Sent(
        f"{file.parent.name}/{file.stem}",
        asked.get("method", "POST"),
        asked["path"],
        asked.get("query", ""),
        dict(asked.get("headers", {})),
        gzip.compress(raw, mtime=0) if asked.get("encode") == "gzip" else raw,
    )


def _names(document: Any) -> set[str]:
    if isinstance(document, dict):
        return {*document, *(name for value in document.values() for name in _names(value))}
    if isinstance(document, list):
        return {name for value in document for name in _names(value)}
    return set()


def protocols() -> tuple[str, ...]:
    return NAMES
