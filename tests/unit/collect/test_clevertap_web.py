"""CleverTap's web SDK: who a browser is, what it is answered, and data that no SDK would send."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

import lzstring  # type: ignore[import-untyped]
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.collect_stage import BROWSER, NOON, Answer, Stage
from tests.unit.collect.hostile_bodies import VALUES

SCRIPT = re.compile(r"\$WZRK_WR\.s\('([\w.:@!$()-]+)',(\d+),(true|false),(\d+)(,true|,false)?\);")
GUID = "c4f1b2a09d6e4c0f8a7b6c5d4e3f2a1b"
SECONDS = int(NOON.timestamp())

STAGE = Stage()
"""One for all examples of hypothesis."""


def ask(stage: Stage, data: Any, query: dict[str, Any] | None = None, **headers: str) -> Answer:
    """One call of the web SDK. `headers` have underscores for hyphens."""
    if isinstance(data, dict):
        data = {"id": BROWSER, **data}
    packed = lzstring.LZString().compressToBase64(json.dumps(data))
    given = {
        "t": 96,
        "type": "push",
        "rn": 2,
        "i": SECONDS - 2,
        "sn": 0,
        "r": (SECONDS - 1) * 1000,
        **(query or {}),
    }
    sent = {name: value for name, value in given.items() if value is not None}
    made = {name.replace("_", "-"): value for name, value in headers.items()}
    return stage.request("GET", "/a", b"", made, query=urlencode({"d": packed, **sent}))


def event(**fields: Any) -> dict[str, Any]:
    return {"type": "event", "evtName": "Product viewed", "evtData": {}, **fields}


def said(answer: Answer) -> tuple[str, ...]:
    found = SCRIPT.fullmatch(answer.body)
    assert found is not None, answer
    return found.groups()


def test_a_new_browser_gets_the_guid_that_its_event_is_kept_under(stage: Stage) -> None:
    guid, session, resume, number, _ = said(ask(stage, event()))
    [kept] = stage.events
    assert (kept.anonymous_id, kept.session_id) == (guid, session)
    assert (session, resume, number) == (str(SECONDS), "false", "2")
    assert len(guid) == 32


def test_two_new_browsers_are_two(stage: Stage) -> None:
    assert said(ask(stage, event()))[0] != said(ask(stage, event()))[0]


@pytest.mark.parametrize(
    ("data", "query"),
    [
        (event(g=GUID), {}),
        (event(), {"gc": GUID}),
        (event(g="other"), {"gc": GUID}),
        (event(g=GUID + ":OO"), {}),
    ],
)
def test_a_browser_keeps_the_guid_it_shows(stage: Stage, data: dict[str, Any], query: dict[str, Any]) -> None:
    answer = ask(stage, data, query)
    assert said(answer)[0] == GUID
    assert [kept.anonymous_id for kept in stage.events] == [GUID]


@pytest.mark.parametrize("guid", ["');alert(1)//", "</script>", "a b", "x" * 200, "null", "", "\u2028", None])
def test_a_guid_that_no_sdk_has_is_replaced(stage: Stage, guid: object) -> None:
    answer = ask(stage, event(g=guid), {"gc": guid})
    assert re.fullmatch(r"[0-9a-f]{32}", said(answer)[0])


@given(guid=st.text(max_size=40), number=st.text(max_size=12), session=st.text(max_size=12) | st.integers())
@settings(deadline=None)
def test_nothing_in_the_answer_is_a_script_of_the_senders(guid: str, number: str, session: object) -> None:
    data = event(g=guid.encode("utf-8", "replace").decode(), s=session)
    answer = ask(
        STAGE, data, {"gc": guid.encode("utf-8", "replace"), "rn": number.encode("utf-8", "replace")}
    )
    assert answer.status == 200
    said(answer)
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_login_is_resumed_under_its_guid(stage: Stage) -> None:
    data = {"type": "profile", "profile": {"Identity": "cust-77"}, "isOUL": True}
    guid, _, resume, _, _ = said(ask(stage, data))
    [kept] = stage.events
    assert (kept.type, kept.user_id, kept.anonymous_id, resume) == ("identify", "cust-77", guid, "true")


def test_a_call_sent_again_has_the_same_id(stage: Stage) -> None:
    ask(stage, event(s=SECONDS), {"r": (SECONDS - 1) * 1000})
    ask(stage, event(s=SECONDS, g=GUID), {"r": SECONDS * 1000, "gc": GUID, "tries": 2})
    first, second = stage.events
    assert first.id == second.id


def test_two_equal_clicks_in_a_second_are_two(stage: Stage) -> None:
    ask(stage, event(), {"rn": 2})
    ask(stage, event(), {"rn": 3})
    first, second = stage.events
    assert first.id != second.id


def test_a_call_that_waited_is_as_old_as_it_says(stage: Stage) -> None:
    ask(stage, event(), {"i": SECONDS - 3600})
    [kept] = stage.events
    assert int(kept.occurred_at.timestamp()) == SECONDS - 3600


def test_a_clock_that_is_wrong_by_an_hour_is_corrected(stage: Stage) -> None:
    ask(stage, event(), {"i": SECONDS + 3600 - 2, "r": (SECONDS + 3600) * 1000})
    [kept] = stage.events
    assert int(kept.occurred_at.timestamp()) == SECONDS - 2


def test_the_address_is_kept_only_where_the_page_allows_it(stage: Stage) -> None:
    ask(stage, event(), {"useIP": "false"})
    ask(stage, event(), {"useIP": "true"})
    assert [kept.context.get("ip") for kept in stage.events] == [None, "203.0.113.9"]


def test_a_page_may_prove_who_is_speaking(stage: Stage) -> None:
    ask(stage, {"type": "profile", "profile": {"Identity": "cust-77", "user_hash": "00"}})
    [kept] = stage.events
    assert "user_hash" not in kept.traits
    assert kept.verified == ()


def test_a_fetch_is_answered_with_json_and_what_was_wrong(stage: Stage) -> None:
    answer = ask(stage, event(g=GUID, evtName=""), accept="application/json", origin="https://shop.example")
    assert answer.body["meta"] == {"g": GUID, "sid": SECONDS, "rf": False, "rn": 2}
    assert answer.body["errors"] == ["evtName: the event has no name"]
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"


def test_a_page_of_another_origin_is_refused(stage: Stage) -> None:
    answer = ask(stage, event(g=GUID), origin="https://elsewhere.example")
    assert (answer.status, answer.body["code"]) == (403, 403)


def test_data_that_unpacks_to_a_great_deal_is_413(stage: Stage) -> None:
    answer = ask(stage, event(evtData={"a": "x" * 1_000_000}))
    assert (answer.status, answer.body["code"]) == (413, 413)


@given(
    data=st.dictionaries(
        st.sampled_from(
            ["type", "evtName", "evtData", "profile", "g", "s", "af", "cpg", "us", "action", "endpoint", "keys",
             "isOUL", "encrypted", "wzrk_error"]
        ),
        VALUES | st.sampled_from(["event", "profile", "page", "data", "ping", "wzrk_fetch", "Charged", "register"]),
    ),
    query=st.dictionaries(
        st.sampled_from(["type", "i", "r", "rn", "sn", "gc", "s", "useIP", "optOut"]),
        st.sampled_from(["page", "push", "ping", "data", "", "0", "-1", "1e9", "9" * 30, "true", "null", "ä"]),
    ),
)  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_whatever_the_data_is_it_is_answered_and_accounted_for(
    data: dict[str, Any], query: dict[str, Any]
) -> None:
    STAGE.stream.entries.clear()
    STAGE.rejected.requests.clear()
    answer = ask(STAGE, data, query)
    assert answer.status in (200, 402)
    if answer.status == 200:
        said(answer)
        told = data.get("type") or query.get("type", "push")
        nothing = told == "ping" or (told == "event" and data.get("evtName") == "wzrk_fetch")
        assert len(STAGE.events) + len(STAGE.refused) == (0 if nothing else 1)


def test_the_answer_can_be_written_whatever_the_session(stage: Stage) -> None:
    assert orjson.dumps(ask(stage, event(s="9" * 10), accept="application/json").body)
