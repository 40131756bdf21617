"""CloudEvents beyond their pairs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.collect_server import serving
from tests.fakes.collect_stage import LENIENT, Answer, Stage

ROOT = Path(__file__).parents[3]
BEARER = {"authorization": f"Bearer {LENIENT}"}
EVENT = {"specversion": "1.0", "id": "1", "source": "/shop", "type": "order.shipped", "subject": "cust-77"}

SCRIPT = """
const { CloudEvent, httpTransport, emitterFor, Mode } = require("cloudevents");
const said = { id: "c1", source: "/shop", type: "order.shipped", subject: "cust-77" };
const event = new CloudEvent({ ...said, data: { parcels: 2 } });
(async () => {
  for (const mode of [Mode.BINARY, Mode.STRUCTURED]) {
    await emitterFor(httpTransport(process.argv[1]), { mode })(event);
  }
})();
"""


def sent(stage: Stage, body: object, headers: dict[str, str] | None = None) -> Answer:
    return stage.request("POST", "/cloudevents", body, {**BEARER, **(headers or {})})


def test_source_and_id_together_are_the_message_id(stage: Stage) -> None:
    sent(stage, [EVENT, EVENT, {**EVENT, "source": "/other"}])
    ids = [event.id for event in stage.events]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize(
    ("attributes", "user", "anonymous"),
    [
        ({}, "cust-77", None),
        ({"userid": "u1"}, "u1", None),
        ({"anonymousid": "a1"}, None, "a1"),
        ({"userid": "u1", "anonymousid": "a1"}, "u1", "a1"),
    ],
)
def test_the_person_is_the_subject_unless_an_extension_names_one(
    stage: Stage, attributes: dict[str, str], user: str | None, anonymous: str | None
) -> None:
    sent(stage, {**EVENT, **attributes})
    [event] = stage.events
    assert (event.user_id, event.anonymous_id) == (user, anonymous)


def test_header_values_are_percent_decoded(stage: Stage) -> None:
    headers = {f"ce-{name}": value for name, value in EVENT.items()} | {"ce-subject": "zo%C3%AB"}
    sent(stage, {"parcels": 2}, headers)
    assert [event.user_id for event in stage.events] == ["zoë"]


def test_bytes_that_are_no_text_are_kept_as_base64(stage: Stage) -> None:
    headers = {f"ce-{name}": value for name, value in EVENT.items()}
    sent(stage, b"\xff\xfe", headers)
    assert [event.properties for event in stage.events] == [{"data": "//4="}]


def test_more_events_than_a_batch_holds_are_refused_as_a_whole(stage: Stage) -> None:
    answer = sent(stage, [EVENT] * 5001)
    assert (answer.status, answer.body["title"]) == (413, "too_large")
    assert stage.events == []


def test_the_javascript_sdk_sends_both_modes(stage: Stage) -> None:
    with serving(stage) as server:
        url = f"{server.url}/cloudevents?writeKey={LENIENT}"
        subprocess.run(["node", "-e", SCRIPT, url], cwd=ROOT, check=True, timeout=60)
    found: list[Any] = [(event.id, event.name, event.user_id, event.properties) for event in stage.events]
    assert len(found) == 2
    assert found[0] == found[1]
    assert found[0][1:] == ("order.shipped", "cust-77", {"parcels": "2"})


def test_a_rejected_event_is_kept_as_structured_whatever_mode_it_came_in(stage: Stage) -> None:
    headers = {f"ce-{name}": value for name, value in EVENT.items() if name != "subject"}
    assert sent(stage, {"parcels": 2}, headers).status == 400
    [item] = stage.refused
    kept = json.loads(item.body)
    assert (kept["type"], kept["data"]) == ("order.shipped", {"parcels": 2})
