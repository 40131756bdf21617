"""One test per reason an event can be rejected for, and what is kept of it for `headrace rejected replay`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest

from functions.collect.verdicts import FROM_THE_WORKSPACE
from shared.plan.reasons import Code
from shared.workspace.limits import EVENT_BYTES
from tests.fakes.collect_stage import LENIENT, METERED, NOON, OBSERVE, STRICT, Stage, purchase

MALFORMED: list[tuple[str, dict[str, Any]]] = [
    ("type", purchase(type=None)),
    ("type", purchase(type="dance")),
    ("type", purchase(type={})),
    ("event", purchase(event=None)),
    ("event", purchase(event="")),
    ("event", purchase(event=12)),
    ("event", purchase(event="x" * 201)),
    ("messageId", purchase(messageId="x" * 257)),
    ("messageId", purchase(messageId=["m1"])),
    ("userId", purchase(userId="x" * 201)),
    ("userId", purchase(userId={"id": 1})),
    ("anonymousId", purchase(anonymousId=[])),
    ("properties", purchase(properties="none")),
    ("properties", purchase(properties=[1])),
    ("traits", purchase(type="identify", traits=7)),
    ("context", purchase(context="web")),
    ("context.sessionId", purchase(context={"sessionId": {}})),
    ("timestamp", purchase(timestamp="yesterday")),
    ("timestamp", purchase(timestamp=12)),
    ("timestamp", purchase(timestamp="2026-02-30T00:00:00Z")),
    ("groupId", {"type": "group", "userId": "u1"}),
]


def only_reason(stage: Stage) -> tuple[str, str]:
    (item,) = stage.refused
    (reason,) = item.reasons
    assert reason.message
    return reason.code.value, reason.field


@pytest.mark.parametrize(("field", "item"), MALFORMED)
def test_malformed_names_the_field(stage: Stage, field: str, item: dict[str, Any]) -> None:
    answer = stage.batch(item, key=STRICT if field == "timestamp" else LENIENT)
    assert answer.status == 400
    assert only_reason(stage) == ("malformed", field)


@pytest.mark.parametrize("item", [None, 1, "track", [], True, [{}]])
def test_an_item_that_is_no_object_is_malformed(stage: Stage, item: object) -> None:
    stage.batch(item)
    assert only_reason(stage) == ("malformed", "")
    assert stage.refused[0].body == orjson.dumps(item)


def test_no_identity_without_any_id(stage: Stage) -> None:
    stage.batch(purchase(userId=None))
    assert only_reason(stage) == ("no_identity", "userId")


def test_no_identity_for_an_alias_without_the_previous_id(stage: Stage) -> None:
    stage.batch({"type": "alias", "userId": "u1"})
    assert only_reason(stage) == ("no_identity", "previousId")


def test_unknown_event(stage: Stage) -> None:
    stage.batch(purchase(event="Dance"))
    assert only_reason(stage) == ("unknown_event", "event")


def test_unknown_property(stage: Stage) -> None:
    stage.batch(purchase(properties={"amount": 1, "currency": "USD", "mood": "good"}))
    assert only_reason(stage) == ("unknown_property", "properties.mood")


@pytest.mark.parametrize("properties", [{"currency": "USD"}, {"amount": None, "currency": "USD"}])
def test_missing_property(stage: Stage, properties: dict[str, Any]) -> None:
    stage.batch(purchase(properties=properties))
    assert only_reason(stage) == ("missing_property", "properties.amount")


@pytest.mark.parametrize("key", ["hr_strict", LENIENT])
def test_wrong_type(stage: Stage, key: str) -> None:
    stage.batch(purchase(properties={"amount": [1], "currency": "USD"}), key=key)
    assert only_reason(stage) == ("wrong_type", "properties.amount")


@pytest.mark.parametrize(("name", "value"), [("currency", "GBP"), ("amount", -1)])
def test_value_not_allowed(stage: Stage, name: str, value: object) -> None:
    stage.batch(purchase(properties={"amount": 1, "currency": "USD", name: value}))
    assert only_reason(stage) == ("value_not_allowed", f"properties.{name}")


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/track"])
def test_reserved_name_for_events_that_claim_to_be_ours(stage: Stage, path: str) -> None:
    item = purchase(type="system", event="Session Started")
    stage.post(path, {"batch": [item]} if path.endswith("batch") else item)
    assert only_reason(stage) == ("reserved_name", "type")


def test_too_large_for_an_event_beyond_the_limit_which_is_kept(stage: Stage) -> None:
    large = purchase(context={"page": {"title": "x" * (EVENT_BYTES + 8_000)}})
    answer = stage.batch(purchase(messageId="m0"), large)
    assert (answer.status, answer.body["accepted"], answer.codes) == (200, 1, [["too_large"]])
    assert f"{EVENT_BYTES} is the limit" in answer.body["rejected"][0]["reasons"][0]["message"]
    assert orjson.loads(stage.refused[0].body) == large


def test_too_large_comes_before_the_other_reasons(stage: Stage) -> None:
    stage.batch(purchase(event="x" * (EVENT_BYTES + 8_000)))
    assert [reason.code.value for reason in stage.refused[0].reasons] == ["too_large", "malformed"]


def test_an_event_just_within_the_limit_is_accepted(stage: Stage) -> None:
    item = purchase(context={"page": {"title": ""}})
    stage.batch(item)
    room = EVENT_BYTES - len(orjson.dumps(stage.events[0].said())) - 200
    item["context"]["page"]["title"] = "x" * room
    assert stage.batch(item).status == 200


def test_too_old(stage: Stage) -> None:
    stage.batch(purchase(timestamp="2016-11-21T12:00:00Z"))
    assert only_reason(stage) == ("too_old", "timestamp")


def test_in_future(stage: Stage) -> None:
    stage.batch(purchase(timestamp=(NOON + timedelta(days=1, seconds=1)).isoformat()))
    assert only_reason(stage) == ("in_future", "timestamp")


def test_a_little_in_the_future_is_accepted(stage: Stage) -> None:
    assert stage.batch(purchase(timestamp=(NOON + timedelta(hours=23)).isoformat())).status == 200


def test_every_reason_collect_gives_is_shown_here(stage: Stage) -> None:
    """`over_quota` is an answer to a whole request; `not_trusted` is the verdict of process, which knows the person."""
    for _ in range(3):
        answer = stage.batch(purchase(), purchase(), purchase(), key=METERED)
    assert answer.body["code"] == Code.OVER_QUOTA
    here = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    missing = {code.value for code in Code if not any(name.startswith(code.value) for name in here)}
    assert missing == {"over_quota", "not_trusted"}


def test_every_reason_says_whether_another_workspace_may_take_it_back() -> None:
    """What a workspace may take back is judged again by the latest one. A new reason belongs to one of the two."""
    whatever_the_workspace = {
        Code.MALFORMED, Code.NO_IDENTITY, Code.RESERVED_NAME, Code.NOT_TRUSTED, Code.OVER_QUOTA,
    }  # fmt: skip
    assert set(Code) == FROM_THE_WORKSPACE | whatever_the_workspace
    assert not FROM_THE_WORKSPACE & whatever_the_workspace


def test_an_event_has_all_its_reasons(stage: Stage) -> None:
    answer = stage.batch(purchase(userId=None, timestamp="?", messageId=[1], context=1))
    assert answer.codes == [["malformed", "no_identity", "malformed", "malformed"]]


def test_lenient_takes_unknown_events_and_properties_as_strings(stage: Stage) -> None:
    stage.batch(
        purchase(event="Dance", properties={"steps": 3, "with": {"who": "Bo"}, "no": None}), key=LENIENT
    )
    assert stage.events[0].properties == {"steps": "3", "with": '{"who":"Bo"}', "no": None}


def test_lenient_counts_what_it_takes_beside_the_plan_and_says_so(stage: Stage, capsys: Any) -> None:
    answer = stage.batch(
        purchase(event="Complete Purchse"),
        purchase(event="Dance"),
        purchase(properties={"amount": 1, "currency": "USD", "colour": "red"}),
        purchase(),
        key=LENIENT,
    )

    observed = {"unknown_event": 2, "unknown_property": 1}
    assert answer.body == {"success": True, "accepted": 4, "rejected": [], "observed": observed}
    logged = orjson.loads(capsys.readouterr().out)
    assert logged["collect_observed"] == [3.0]
    assert logged["collect_observed_unknown_event"] == [2.0]
    assert logged["collect_observed_unknown_property"] == [1.0]


def test_what_is_in_the_plan_is_answered_as_ever(stage: Stage) -> None:
    assert stage.batch(purchase(), key=LENIENT).body == {"success": True, "accepted": 1, "rejected": []}


def test_observe_takes_everything_as_it_came_and_counts_it(stage: Stage, capsys: Any) -> None:
    answer = stage.batch(purchase(properties={"amount": "much"}), purchase(event="Dance"), key=OBSERVE)
    observed = {"wrong_type": 1, "unknown_event": 1}
    assert answer.body == {"success": True, "accepted": 2, "rejected": [], "observed": observed}
    assert [event.properties for event in stage.events] == [
        {"amount": "much"},
        {"amount": 1500, "currency": "USD"},
    ]
    logged = orjson.loads(capsys.readouterr().out)
    assert logged["collect_observed"] == [2.0]
    assert logged["collect_observed_wrong_type"] == [1.0]
    assert logged["collect_observed_unknown_event"] == [1.0]


def test_lossless_coercion_reaches_the_stream(stage: Stage) -> None:
    stage.batch(purchase(properties={"amount": "1500", "currency": "USD", "paid_on": "2026-11-21"}))
    assert stage.events[0].properties == {"amount": 1500, "currency": "USD", "paid_on": "2026-11-21"}


def test_one_bad_event_never_sinks_its_batch(stage: Stage) -> None:
    good = [purchase(messageId=f"m{number}") for number in range(len(MALFORMED) + 1)]
    mixed: list[Any] = [good[0]]
    for (_, bad), one in zip(MALFORMED, good[1:], strict=True):
        mixed += [bad, one]
    answer = stage.batch(*mixed)
    assert (answer.status, answer.body["accepted"]) == (200, len(good))
    assert [event.id for event in stage.events] == [one["messageId"] for one in good]
    assert [one["index"] for one in answer.body["rejected"]] == list(range(1, 2 * len(MALFORMED), 2))


def test_what_is_kept_of_a_rejected_event(stage: Stage) -> None:
    bad = purchase(messageId="m9", anonymousId="a1", event="Dance", extra="as it came")
    stage.batch(None, bad, context={"locale": "en-GB"}, headers={"x-retry-count": "1"})
    (request,) = stage.kept
    assert request.model_dump(include={"source", "protocol", "trust", "path", "form", "received_at"}) == {
        "source": "strict",
        "protocol": "twilio_segment",
        "trust": "server",
        "path": "/v1/batch",
        "form": "protocol",
        "received_at": NOON,
    }
    assert request.expires_at == int((NOON + timedelta(days=30)).timestamp())
    assert orjson.loads(request.common) == {
        "call": "batch",
        "shared": {"context": {"locale": "en-GB"}},
        "is_retry": True,
        "is_browser": False,
        "ip": "203.0.113.9",
        "user_agent": "a test/1",
    }
    item = request.items[1]
    assert (item.index, item.event_id, item.name, item.user_id, item.anonymous_id) == (
        1, "m9", "Dance", "u1", "a1",
    )  # fmt: skip
    assert orjson.loads(item.body) == bad
    assert [(reason.code, reason.field) for reason in item.reasons] == [(Code.UNKNOWN_EVENT, "event")]


def test_a_body_that_is_no_json_is_kept_as_it_came(stage: Stage) -> None:
    assert stage.post("/v1/batch", '{"batch":[}').status == 400
    assert stage.refused[0].body == b'{"batch":[}'


def test_the_write_key_is_not_kept(stage: Stage) -> None:
    stage.post("/v1/track", purchase(event="Dance", writeKey="hr_strict"), key=None)
    assert b"hr_strict" not in stage.refused[0].body


@pytest.mark.parametrize(
    ("agent", "batch", "is_marked"),
    [("headrace-doctor", b"{", True), ("headrace-doctor/2", b"{", False), (None, b"{", False)],
)
def test_a_refused_probe_of_the_doctor_is_marked_in_the_log(
    stage: Stage, capsys: Any, agent: str | None, batch: bytes, is_marked: bool
) -> None:
    stage.post("/v1/batch", batch, {"user-agent": agent} if agent else {})

    logged = orjson.loads(capsys.readouterr().out)
    assert logged["status"] == 400
    assert logged.get("doctor", False) is is_marked
