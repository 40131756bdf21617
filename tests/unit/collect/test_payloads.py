"""Recorded shapes of real clients' requests, and the records or the answer each gives: `tests/payloads/<protocol>/`.

A pair has `request` (`path`, `headers`, `query`, `body`, and `encode`: `gzip` or `base64`) and what it becomes:
`records` as JSON on the stream, without the request's id, and `answer` where more than 200 and a count is said.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import orjson
import pytest

from shared import records
from tests.fakes.collect_stage import Answer, Stage

PAYLOADS = sorted((Path(__file__).parents[2] / "payloads").glob("*/*.json"))


def sent(stage: Stage, request: dict[str, Any]) -> Answer:
    raw = orjson.dumps(request["body"])
    encode = request.get("encode")
    return stage.request(
        "POST",
        request["path"],
        gzip.compress(raw) if encode == "gzip" else raw,
        request["headers"],
        query=request.get("query", ""),
        as_base64=encode == "base64",
    )


@pytest.mark.parametrize("file", PAYLOADS, ids=[file.stem for file in PAYLOADS])
def test_a_clients_request_becomes(stage: Stage, file: Path) -> None:
    pair = orjson.loads(file.read_bytes())
    answer = sent(stage, pair["request"])
    put = [orjson.loads(entry.data) for entry in stage.stream.entries]
    for record in put:
        assert record.pop("request")
    assert put == pair.get("records", [])
    assert [record.key for record in map(records.decode, (entry.data for entry in stage.stream.entries))] == [
        record["key"] for record in put
    ]
    if "answer" in pair:
        assert {"status": answer.status, "body": answer.body} == pair["answer"]
    else:
        accepted = sum(len(record["events"]) for record in put)
        assert (answer.status, answer.body) == (200, {"success": True, "accepted": accepted, "rejected": []})


def test_every_call_of_every_client_is_there() -> None:
    """A folder that moved would make the test above pass with nothing to test."""
    names = {file.stem for file in PAYLOADS}
    for client in ("analytics_python", "analytics_next"):
        for call in ("track", "identify", "page", "screen", "group", "alias"):
            assert f"{client}_{call}" in names
