"""What is kept of rejected events: enough to read them again, and no key that would let anybody send."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from functions.collect import protocols
from functions.collect.auth.source_secrets import SourceSecrets
from functions.collect.replay.replay import Replay
from shared.stored.current_workspace import CurrentWorkspace
from shared.workspace.write_keys import key_hash
from tests.fakes.collect_stage import (
    BROWSER,
    LENIENT,
    METERED,
    OBSERVE,
    SHOP,
    STRICT,
    Stage,
    stage_without_room,
)

PAYLOADS = Path(__file__).parents[2] / "payloads"
KEYS = (STRICT, LENIENT, OBSERVE, BROWSER, METERED)


def requests_of(protocol: str) -> list[Any]:
    found = [orjson.loads(file.read_bytes())["request"] for file in (PAYLOADS / protocol).glob("*.json")]
    return [pytest.param(one, id=f"{protocol} {one['path']}") for one in found]


@pytest.mark.parametrize("request_", [one for name in protocols.NAMES for one in requests_of(name)])
def test_no_write_key_is_kept_or_logged(request_: dict[str, Any], capsys: Any) -> None:
    stage = stage_without_room()
    body = request_["text"] if "text" in request_ else request_.get("body", b"")
    stage.request(
        request_.get("method", "POST"),
        request_["path"],
        body,
        request_.get("headers", {}),
        query=request_.get("query", ""),
    )
    assert stage.events == []
    kept = [one.model_dump_json() for one in stage.kept] + ["".join(capsys.readouterr())]
    kept += [item.body.decode("utf-8", "replace") for item in stage.refused]
    kept += [one.common.decode() for one in stage.kept]
    assert [key for key in KEYS for text in kept if key in text] == []


BAD = {"type": "track", "event": "Nope", "userId": "u1"}
COPIED: dict[str, tuple[str, dict[str, Any]]] = {
    "in each event of a batch": ("/v1/batch", {"batch": [{**BAD, "writeKey": "KEY"}]}),
    "in an event's context": ("/v1/batch", {"batch": [{**BAD, "context": {"api_key": "KEY"}}]}),
    "in a batch's context": ("/v1/batch", {"batch": [BAD], "context": {"x": {"writeKey": "KEY"}}}),
    "in a list": ("/v1/batch", {"batch": [BAD], "context": [{"writeKey": "KEY"}]}),
    "in an identity call": ("/v1/identify", {"userId": "null", "traits": {"Token": "KEY"}}),
}


@pytest.mark.parametrize("key", [STRICT, "web", "account-12:passcode-34"])
@pytest.mark.parametrize("place", COPIED)
def test_a_key_that_is_copied_elsewhere_is_not_kept_either(place: str, key: str) -> None:
    source = SHOP.sources[0].model_copy(update={"key_hashes": (key_hash(STRICT), key_hash(key))})
    stage = Stage(SHOP.model_copy(update={"sources": (source, *SHOP.sources[1:])}))
    path, body = COPIED[place]
    user, _, password = key.partition(":")
    sent = orjson.dumps({**body, "writeKey": key}).replace(b"KEY", (password or user).encode())
    assert stage.post(path, sent, key=None).status == 400
    (kept,) = stage.kept
    assert not [
        half for half in (key, password or key) if f'"{half}"'.encode() in kept.common + kept.items[0].body
    ]
    assert b"***" in kept.common + kept.items[0].body


def test_a_word_that_is_a_vendors_credential_stays_where_it_is_a_word(stage: Stage) -> None:
    source = SHOP.sources[0].model_copy(update={"key_hashes": (key_hash("web"),)})
    stage = Stage(SHOP.model_copy(update={"sources": (source,)}))
    stage.post("/v1/track", {**BAD, "writeKey": "web", "context": {"platform": "web"}}, key=None)
    assert orjson.loads(stage.refused[0].body)["context"] == {"platform": "web"}


def nested(levels: int) -> str:
    return '{"a":' * levels + "[1,NaN]" + "}" * levels


@pytest.mark.parametrize("levels", [300, 900, 960, 990])
def test_of_a_batch_nested_without_end_each_event_is_kept_by_itself(stage: Stage, levels: int) -> None:
    items = [
        f'{{"type":"track","event":"E{at}","userId":"u1","context":{nested(levels)}}}' for at in range(3)
    ]
    stage.post("/v1/batch", f'{{"writeKey":"{LENIENT}","batch":[{",".join(items)}]}}', key=None)
    for item in stage.refused:
        assert LENIENT.encode() not in item.body
        assert item.body.count(b'"userId"') == 1
        assert item.body.count(b'{"a"') == levels


@pytest.mark.parametrize("levels", [900, 990, 1000, 1020])
def test_what_a_batch_says_of_all_can_be_nested_too_deep_to_be_read_again(stage: Stage, levels: int) -> None:
    deep = nested(levels).replace("NaN", "2")
    batch = f'{{"context":{deep},"batch":[{{"type":"track","event":"x","userId":"null"}}]}}'
    assert stage.post("/v1/batch", batch, key=LENIENT).status == 400
    current = CurrentWorkspace(stage.workspaces, stage.secrets, lambda: 0.0)
    replay = Replay(
        workspace=current,
        stream=stage.stream,
        rejected=stage.rejected,
        secrets=SourceSecrets(stage.secrets, lambda: 0.0),
        clock=lambda: stage.now,
    )
    (outcome,) = replay.events([f"{stage.kept[0].request}-0"])
    assert outcome["outcome"] == "rejected"
