"""Identity verification: a hash that is right says so on the event, any other says nothing, and none is stored."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from unittest import mock

import orjson
import pytest

from functions.collect.auth.source_secrets import SourceSecrets
from shared.failures import Unavailable
from simulation.ports.secrets import FakeSecrets
from tests.fakes.collect_stage import BROWSER, IDENTITY_SECRET, STRICT, Stage, purchase


def proof(user: str, secret: str = IDENTITY_SECRET) -> str:
    return hmac.new(secret.encode(), user.encode(), hashlib.sha256).hexdigest()


def verified(stage: Stage, item: dict[str, Any], key: str = BROWSER) -> tuple[str, ...]:
    answer = stage.batch(item, key=key)
    assert answer.status == 200
    return stage.events[-1].verified


def test_a_right_hash_proves_the_user(stage: Stage) -> None:
    assert verified(stage, purchase(context={"user_hash": proof("u1")})) == ("user",)


def test_a_hash_may_be_in_capitals(stage: Stage) -> None:
    assert verified(stage, purchase(context={"user_hash": f" {proof('u1').upper()}\n"})) == ("user",)


def test_the_hash_of_an_id_that_is_not_ascii(stage: Stage) -> None:
    assert verified(stage, purchase(userId="Ünlü", context={"user_hash": proof("Ünlü")})) == ("user",)


@pytest.mark.parametrize(
    "claimed",
    [
        proof("u2"),
        proof("u1", "another secret"),
        proof("u1")[:-1],
        "",
        "é" * 64,
        None,
        1,
        True,
        [],
        {},
        "0" * 64,
    ],
)
def test_a_wrong_hash_proves_nothing_and_is_no_error(stage: Stage, claimed: object) -> None:
    assert verified(stage, purchase(context={"user_hash": claimed})) == ()


def test_no_hash_proves_nothing_and_reads_no_secret(stage: Stage) -> None:
    assert verified(stage, purchase()) == ()
    assert stage.secrets.reads == 0


def test_an_alias_proves_both_ids(stage: Stage) -> None:
    both = {"user_hash": proof("u1"), "previous_user_hash": proof("u0")}
    alias = {"type": "alias", "userId": "u1", "previousId": "u0"}
    assert verified(stage, {**alias, "context": both}) == ("user", "previous")
    assert verified(stage, {**alias, "context": {"previous_user_hash": proof("u0")}}) == ("previous",)
    assert verified(stage, {**alias, "context": {**both, "previous_user_hash": proof("u1")}}) == ("user",)


def test_a_hash_in_the_context_of_the_batch_counts_for_its_events(stage: Stage) -> None:
    stage.batch(purchase(), purchase(userId="u2"), context={"user_hash": proof("u1")}, key=BROWSER)
    assert [event.verified for event in stage.events] == [("user",), ()]


def test_a_hash_is_not_stored(stage: Stage) -> None:
    """It is good for ever: whoever reads a profile could speak for its person."""
    both = {"user_hash": proof("u1"), "previous_user_hash": "wrong", "locale": "en-GB"}
    verified(stage, {"type": "alias", "userId": "u1", "previousId": "u0", "context": both})
    assert stage.events[0].context.keys() == {"locale", "ip", "user_agent"}
    assert b"hash" not in stage.stream.entries[0].data


def test_a_hash_is_kept_with_a_rejected_event_for_its_replay(stage: Stage) -> None:
    stage.batch(purchase(properties={}, context={"user_hash": proof("u1")}), key=BROWSER)
    assert orjson.loads(stage.refused[0].body)["context"] == {"user_hash": proof("u1")}


def test_a_source_without_a_secret_verifies_nobody(stage: Stage) -> None:
    assert verified(stage, purchase(context={"user_hash": proof("u1", "")}), key=STRICT) == ()


def test_hashes_are_compared_in_constant_time(stage: Stage) -> None:
    with mock.patch("hmac.compare_digest", wraps=hmac.compare_digest) as compare:
        assert verified(stage, purchase(context={"user_hash": proof("u2")})) == ()
    compare.assert_called_once_with(proof("u2").encode(), proof("u1").encode())


def test_503_when_a_hash_cannot_be_checked(stage: Stage) -> None:
    """Taken as not verified, an event might be refused for good."""
    stage.secrets.failing = True
    answer = stage.batch(purchase(context={"user_hash": proof("u1")}), key=BROWSER)
    assert (answer.status, answer.body["code"]) == (503, "not_stored")
    assert "retry-after" in answer.headers
    assert stage.stream.entries == []


def test_a_secret_once_read_goes_on_being_used_when_it_cannot_be_read(stage: Stage) -> None:
    item = purchase(context={"user_hash": proof("u1")})
    assert verified(stage, item) == ("user",)
    stage.secrets.failing = True
    stage.wait(3600)
    assert verified(stage, {**item, "timestamp": None}) == ("user",)


@pytest.mark.parametrize("known_before", [True, False])
def test_a_secret_that_cannot_be_read_is_asked_for_once_a_batch(stage: Stage, known_before: bool) -> None:
    """A failed read waits and tries again by itself: one for each event would outlast the function."""
    item = purchase(context={"user_hash": proof("u1")}, timestamp=None)
    if known_before:
        stage.batch(item, key=BROWSER)
        stage.wait(3600)
    stage.secrets.failing = True
    for _ in range(2):
        answer = stage.batch(*[item] * 500, key=BROWSER)
        assert answer.status == (200 if known_before else 503)
    assert stage.secrets.failed == 1
    stage.wait(1)
    stage.batch(*[item] * 500, key=BROWSER)
    assert stage.secrets.failed == 2


def test_secrets_are_read_once_a_minute() -> None:
    now = [100.0]
    stored = FakeSecrets({"sources": {"shop": {"identity_secret": "old"}}})
    secrets = SourceSecrets(stored, lambda: now[0])
    for now[0] in (100.0, 101.0, 159.9):
        assert secrets.identity_secret("shop") == b"old"
    assert stored.reads == 1
    stored.value = {"sources": {"shop": {"identity_secret": "new"}}}
    now[0] = 160.0
    assert secrets.identity_secret("shop") == b"new"


def test_the_secret_of_a_new_source_is_there_within_a_second() -> None:
    now = [100.0]
    stored = FakeSecrets({"sources": {}})
    secrets = SourceSecrets(stored, lambda: now[0])
    assert [secrets.identity_secret("new") for _ in range(100)] == [None] * 100
    assert stored.reads == 1
    stored.value = {"sources": {"new": {"identity_secret": "s"}}}
    now[0] = 101.0
    assert secrets.identity_secret("new") == b"s"


@pytest.mark.parametrize(
    "value", [{}, {"sources": None}, {"sources": {"shop": 1}}, {"sources": {"shop": {"identity_secret": ""}}}]
)
def test_a_secret_that_is_not_there_is_none(value: dict[str, object]) -> None:
    assert SourceSecrets(FakeSecrets(value), lambda: 0.0).identity_secret("shop") is None


def test_secrets_never_read_are_unavailable() -> None:
    stored = FakeSecrets()
    stored.failing = True
    with pytest.raises(Unavailable):
        SourceSecrets(stored, lambda: 0.0).identity_secret("shop")
