"""CleverTap's one read, and the page about it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import orjson
import pytest

from functions.collect.protocols.clevertap.demographics import RULES
from functions.collect.protocols.clevertap.record_codes import BY_CODE, BY_FIELD, OF_TOKENS
from shared.fold.profile import Changes, Pointer, Profile
from tests.fakes.collect_server import serving
from tests.fakes.collect_stage import BROWSER, LENIENT, NOON, Answer, Stage
from tests.fakes.folding import Person, did, identified

PAGE = (Path(__file__).parents[3] / "docs" / "protocols" / "clevertap.md").read_text(encoding="utf-8")


def profile(stage: Stage, query: str, passcode: str = LENIENT) -> Answer:
    headers = {"x-clevertap-account-id": "ACC-1", "x-clevertap-passcode": passcode}
    return stage.request("GET", "/1/profile.json", b"", headers, query=query)


@pytest.fixture
def known(stage: Stage) -> Stage:
    """A stage that knows u1 by an address and an object id."""
    person = Person()
    phone = {"device": {"id": "__a1", "token": "fcm-1", "type": "fcm", "model": "Pixel 8"}}
    person.does(
        identified(
            name="Ana", email="ana+shop@example.test", Plan="gold", consents={"email": True, "sms": False}
        ),
        did("View Item"),
        did("View Item", context=phone),
    )
    pointers = [Pointer(key, "user:u1") for key in ("email:ana+shop@example.test", "anonymous:__a1")]
    stage.profiles.save(Changes((person.profile,), tuple(pointers)), at=NOON)
    return stage


@pytest.mark.parametrize(
    "query",
    [
        "identity=u1",
        "objectId=__a1",
        "email=ana%2Bshop@example.test",
        "email=ana+shop@example.test",
        "email=ANA%2Bshop@example.test",
    ],
)
def test_a_person_is_found_by_each_id_in_the_vendors_shape(known: Stage, query: str) -> None:
    answer = profile(known, query)
    assert (answer.status, answer.body["status"]) == (200, "success")
    record: dict[str, Any] = answer.body["record"]
    assert record["email"] == "ana+shop@example.test"
    assert record["profileData"] == {
        "Name": "Ana", "Email": "ana+shop@example.test", "Plan": "gold", "MSG-email": True, "MSG-sms": False,
    }  # fmt: skip
    seconds = int(NOON.timestamp())
    assert record["events"]["View Item"] == {"count": 2, "first_seen": seconds, "last_seen": seconds}
    assert record["platformInfo"] == [
        {"platform": "android", "model": "Pixel 8", "push_token": "fcm-1", "objectId": "__a1"}
    ]
    assert record["all_identities"] == ["u1"]


def test_nobody_is_an_empty_record(known: Stage) -> None:
    assert profile(known, "identity=u2").body == {"status": "success", "record": {}}


def test_an_identity_is_looked_up_as_what_it_is_asked_for(known: Stage) -> None:
    known.profiles.save(Changes((Profile("anonymous:visitor"),), ()), at=NOON)
    assert profile(known, "identity=visitor").body["record"] == {}


def test_a_pages_key_reads_nobody(known: Stage) -> None:
    answer = profile(known, "identity=u1", passcode=BROWSER)
    assert (answer.status, answer.body["status"], answer.body["code"]) == (403, "fail", 403)


def test_the_example_of_the_page_is_accepted(stage: Stage) -> None:
    example = re.search(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    with serving(stage) as server:
        environment = {**os.environ, "COLLECT_URL": server.url, "WRITE_KEY": LENIENT}
        done = subprocess.run(
            ["bash", "-c", example[1]], env=environment, capture_output=True, check=True, timeout=30
        )
    assert orjson.loads(done.stdout) == {"status": "success", "processed": 2, "unprocessed": []}
    identify, viewed = stage.events
    assert identify.traits["email"] == "ana@shop.example"
    assert viewed.properties["Restock"] == "2026-12-01T00:00:00Z"


def test_the_page_lists_every_code_that_is_answered() -> None:
    answered = {
        *BY_CODE.values(),
        *BY_FIELD.values(),
        *OF_TOKENS.values(),
        *(rule.code for rule in RULES.values()),
    }
    table = PAGE.partition("| code |")[2].partition("\n\n")[0]
    listed: set[int] = set()
    for cell in re.findall(r"^\| ([\dto ,]+) \|", table, re.MULTILINE):
        for part in cell.split(", "):
            first, _, last = part.partition(" to ")
            listed |= set(range(int(first), int(last or first) + 1))
    assert listed == answered - {513}
