"""The command on the deployed stack: what each verb prints, and how it exits."""

from __future__ import annotations

import select
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import orjson
import pytest

from cli.checkout import ROOT
from cli.story import samples, tell
from tests.local.shop import PATIENCE, PROGRAM, Shop, counted, eventually, settled, track

pytestmark = pytest.mark.local


@pytest.mark.parametrize("arguments", [("messages", "--user", "nobody"), ("timeline", "nobody")])
def test_an_empty_list_is_no_failure(shop: Shop, arguments: tuple[str, ...]) -> None:
    assert shop.headrace(*arguments) == []


def test_a_person_nobody_knows_is_a_failure_that_prints_no_json(shop: Shop) -> None:
    done = shop.run("profile", "nobody", "--json")

    assert (done.returncode, done.stdout) == (1, "")
    assert "Nobody is known as “nobody”" in done.stderr


def test_send_prints_the_verdict_and_fails_when_something_is_rejected(shop: Shop) -> None:
    good = shop.run("send", "Rate Item", "--user", "rater", "-p", "item_id=K-17", "-p", "stars=5")
    bad = shop.run("send", "Rate Item", "--user", "rater", "-p", "item_id=K-17", "-p", "stars=6")

    assert (good.returncode, good.stdout) == (0, "✓ 1 accepted\n")
    assert bad.returncode == 1
    assert "value_not_allowed" in bad.stdout
    eventually(lambda: shop.person("rater"), lambda person: counted(person, "Rate Item") == 1)


def test_tail_shows_events_as_they_arrive_and_ends_with_ctrl_c(shop: Shop) -> None:
    with tailing() as tail:
        assert tail.stdout is not None
        assert tail.stderr is not None
        assert "Waiting for events" in line_of(tail.stderr)
        shop.accept(track("tailed", "Search", query="loom", results=3))
        while True:
            event = orjson.loads(line_of(tail.stdout))
            if event.get("user_id") == "tailed" and event["name"] == "Search":
                break
        tail.send_signal(signal.SIGINT)
        assert tail.wait(PATIENCE) == 0

    assert event["properties"] == {"query": "loom", "results": 3}
    assert event["key"] == "user:tailed"
    assert event["source"] == "strict"


@contextmanager
def tailing() -> Iterator[subprocess.Popen[str]]:
    """`headrace tail`, which ends with Ctrl-C though the tests run in the background, where shells ignore it."""
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)  # what is ignored is inherited
    try:
        tail = subprocess.Popen(
            [PROGRAM, "tail", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
        )
    finally:
        signal.signal(signal.SIGINT, ours)
    with tail:
        try:
            yield tail
        finally:
            tail.kill()


def line_of(pipe: IO[str]) -> str:
    """The next line, or a failure when none comes in time."""
    ready, _, _ = select.select([pipe], [], [], PATIENCE)
    assert ready, "nothing was printed"
    return pipe.readline()


def test_the_story_is_read_back_from_the_stack_and_sends_nothing_twice(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(dict(shop.local))
    first = capsys.readouterr().out
    eventually(lambda: shop.messages(samples.CUSTOMER), settled)
    before = shop.person(samples.CUSTOMER)["counters"]["Complete Purchase"]

    tell(dict(shop.local))
    second = capsys.readouterr().out

    for told in (first, second):
        assert "sms to +12025550123, sent" in told
        assert "order of 1500 USD" in told
        assert "wrong_type" in told
        assert "Registration" in told
    assert "still here" in second
    assert shop.person(samples.CUSTOMER)["counters"]["Complete Purchase"] == before
    assert before["count"] == 1
    assert len(shop.messages(samples.CUSTOMER)) == 2
