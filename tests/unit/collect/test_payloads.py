"""Recorded shapes of real clients' requests, and the records or the answer each gives: `tests/payloads/<protocol>/`.

A pair has `request` (`method`, `path`, `headers`, `query`, `body` as JSON or `text` as it is, and `encode`: `gzip`)
and what it becomes: `records` as JSON on the stream, without the request's id, and the `answer` (`status`, `body`, and
`headers` that it must have). `apis` are the kinds of API it is
true behind, without it both. `"<any>"` in either stands for text that differs each time, or for bytes.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import orjson
import pytest

from functions.collect import protocols
from shared import records
from shared.gateway_headers import is_taken_for_text
from tests.fakes.collect_stage import Answer, Api, Stage

ANY = "<any>"
PURCHASE = "one_purchase"
"""What `test_one_purchase` sends, with a plan of its own."""

PAYLOADS = sorted((Path(__file__).parents[2] / "payloads").glob("*/*.json"))


def sent(stage: Stage, request: dict[str, Any], api: Api = "rest") -> Answer:
    raw = (
        request["text"].encode()
        if "text" in request
        else orjson.dumps(request["body"])
        if "body" in request
        else b""
    )
    return stage.request(
        request.get("method", "POST"),
        request["path"],
        gzip.compress(raw) if request.get("encode") == "gzip" else raw,
        request.get("headers", {}),
        query=request.get("query", ""),
        api=api,
    )


def matched(expected: Any, found: Any) -> Any:
    """`expected` with what was found wherever it says `<any>` and there is text."""
    if expected == ANY and isinstance(found, (str, bytes)) and found:
        return found
    if isinstance(expected, dict) and isinstance(found, dict):
        return {name: matched(value, found.get(name)) for name, value in expected.items()}
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [matched(one, other) for one, other in zip(expected, found, strict=True)]
    return expected


def is_destroyed_by_an_http_api(request: dict[str, Any]) -> bool:
    return request.get("encode") == "gzip" and is_taken_for_text(request["headers"].get("content-type"))


PAIRS = [file for file in PAYLOADS if file.stem != PURCHASE]
ASKED = [
    pytest.param(file, api, id=f"{file.parent.name}-{file.stem}-{api}")
    for file in PAIRS
    for api in orjson.loads(file.read_bytes()).get("apis", ("http", "rest"))
]


@pytest.mark.parametrize(("file", "api"), ASKED)
def test_a_clients_request_becomes(stage: Stage, file: Path, api: Api) -> None:
    pair = orjson.loads(file.read_bytes())
    answer = sent(stage, pair["request"], api)
    if pair.get("records") and api == "http" and is_destroyed_by_an_http_api(pair["request"]):
        assert stage.stream.entries == []
        assert "has destroyed it on its way" in str(answer.body) + str(
            [item.reasons for item in stage.refused]
        )
        return
    put = [orjson.loads(entry.data) for entry in stage.stream.entries]
    for record in put:
        assert record.pop("request")
    assert put == matched(pair.get("records", []), put)
    assert [record.key for record in map(records.decode, (entry.data for entry in stage.stream.entries))] == [
        record["key"] for record in put
    ]
    if "answer" in pair:
        expected = pair["answer"]
        assert answer.status == expected["status"]
        assert answer.body == matched(expected.get("body"), answer.body)
        assert expected.get("headers", {}).items() <= answer.headers.items()
    else:
        accepted = sum(len(record["events"]) for record in put)
        answer.body.pop("observed", None)  # of lenient sources, whose plan lacks what these clients send
        assert (answer.status, answer.body) == (200, {"success": True, "accepted": accepted, "rejected": []})


def test_every_call_of_every_client_is_there() -> None:
    """A folder that moved would make the test above pass with nothing to test."""
    names = {file.stem for file in PAYLOADS}
    for client in ("analytics_python", "analytics_next"):
        for call in ("track", "identify", "page", "screen", "group", "alias"):
            assert f"{client}_{call}" in names


@pytest.mark.parametrize("protocol", protocols.NAMES)
def test_every_protocol_has_pairs_and_its_purchase(protocol: str) -> None:
    names = {file.stem for file in PAYLOADS if file.parent.name == protocol}
    assert PURCHASE in names
    assert len(names) > 5
