"""Bodies that nobody could read are kept without the keys in them, whole requests that say nothing too."""

from __future__ import annotations

import orjson
import pytest

from functions.collect.auth.redaction import without_keys
from tests.fakes.collect_stage import LENIENT, Stage
from tests.unit.collect.test_what_is_kept import KEYS

A_KEY = "hr_" + "aB3-" * 8

BROKEN = [
    '{"writeKey": "%s", "batch": [',
    '{"batch": [{"type": "track"}], "writeKey":"%s"',
    '{"batch": [}, "writeKey" : "%s"}',
    "{'writeKey': '%s', 'batch': []}",
    "writeKey=%s&batch=[",
    '{"api_key": "%s", "batch": [',
]
"""And a body of nothing but a key, which only its form tells."""


@pytest.mark.parametrize(
    ("text", "key"),
    [
        *((text, key) for text in BROKEN for key in (LENIENT, A_KEY, "another-vendors_key")),
        *(("%s", key) for key in (LENIENT, A_KEY)),
    ],
)
def test_a_body_that_is_no_json_is_kept_without_the_key_in_it(stage: Stage, text: str, key: str) -> None:
    """The sender is known by a header; the key in the body may be another one."""
    stage.post("/v1/batch", text % key, key=LENIENT)
    (item,) = stage.refused
    assert key.encode() not in item.body
    assert b"***" in item.body


def test_the_rest_of_it_is_kept_as_it_came(stage: Stage) -> None:
    stage.post(
        "/v1/batch",
        b'{"writeKey": "%b", "note": "caf\xe9", "batch": [' % LENIENT.encode(),
        key=LENIENT,
        api="rest",
    )
    (item,) = stage.refused
    assert item.body == b'{"writeKey": "***", "note": "caf\xe9", "batch": ['


def test_a_key_that_is_cut_off_is_taken_out_too() -> None:
    assert without_keys(b'{"batch": [], "writeKey": "hr_aB3', None) == b'{"batch": [], "writeKey": "***'


@pytest.mark.parametrize(
    ("shown", "raw", "kept"),
    [
        ("ACC-12:passcode", b'["ACC-12", "passcode"', b'["***", "***"'),
        ("ACC:passcode", b'["ACC", "passcode"', b'["ACC", "***"'),
        ("short", b'["short"', b'["***"'),
        (None, b'["passcodes are nice"', b'["passcodes are nice"'),
        (None, b'{"token": 7, "tokens": "a"', b'{"token": ***, "tokens": "a"'),
    ],
)
def test_the_credential_and_its_secret_half_are_taken_out(shown: str | None, raw: bytes, kept: bytes) -> None:
    assert without_keys(raw, shown) == kept


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/v1/batch", {"writeKey": LENIENT, "batch": "none"}),
        ("/v1/batch", {"writeKey": LENIENT}),
        ("/v1/track", {"writeKey": LENIENT, "event": "x"}),
        ("/batch/", {"api_key": LENIENT, "batch": "none"}),
        ("/batch/", {"api_key": LENIENT, "batch": ["none"]}),
        ("/v2/events", {"api_key": LENIENT, "events": "none"}),
        ("/a1", [{"type": "meta", "id": LENIENT, "tk": LENIENT}, "none"]),
    ],
)
def test_a_request_that_says_nothing_is_kept_without_its_key(
    stage: Stage, path: str, document: object
) -> None:
    headers = {
        "content-type": "application/json",
        "x-clevertap-passcode": LENIENT,
        "x-clevertap-account-id": "A",
    }
    stage.request("POST", path, orjson.dumps(document), headers)
    for item in stage.refused:
        assert not any(key.encode() in item.body for key in KEYS)
