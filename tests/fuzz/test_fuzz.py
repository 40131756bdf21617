"""The campaign of `make fuzz`, so many requests of it as CI has time for; and that it finds what is planted."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from functions.collect.adapter import wire_format
from functions.collect.pipeline import ingest, store
from functions.collect.protocols.posthog import answers
from functions.process.people import changes
from tests.fakes.collect_stage import LENIENT, basic
from tests.fuzz import __main__ as command
from tests.fuzz import campaign, corpus
from tests.fuzz.checks import finding
from tests.fuzz.sent import Sent, read
from tests.fuzz.target import Target

IN_CI = 3_000
SEED = 1
FOUND_WITHIN = 3_000


def test_nothing_that_is_sent_is_lost_or_answered_wrongly() -> None:
    *_, ran = campaign.run(SEED, IN_CI)

    assert [(failure.what, failure.sent.written()) for failure in ran.failures] == []
    assert ran.requests == IN_CI
    assert ran.books.unbalanced() == []
    sums = ran.books.totals()
    assert sums["received"] == sums["accepted"] + sums["rejected"] > 2_000
    assert min(sums[what] for what in ("accepted", "rejected", "requests_refused")) > 500
    assert sums["folded"] > 100
    called = {label.partition(" ")[0] for label in ran.labels}
    assert {*corpus.protocols(), "none"} == called, "every format was asked"
    for protocol in corpus.protocols():
        statuses = {label.rpartition(" ")[2] for label in ran.labels if label.startswith(f"{protocol} ")}
        assert {"2", "4"} == {status[0] for status in statuses}, f"{protocol} was never right, or never wrong"


def test_the_same_seed_makes_the_same_requests() -> None:
    assert [campaign.request(7, number) for number in range(200)] == [
        campaign.request(7, number) for number in range(200)
    ]
    assert campaign.request(7, 1) != campaign.request(8, 1)


def test_a_request_is_the_same_after_it_was_written_to_a_file() -> None:
    for number in range(500):
        sent = campaign.request(3, number)
        assert read(sent.written()) == sent


def lost(work: Any) -> None:
    """The last record of two or more."""
    work.resources.stream.put(work.records[:-1] if len(work.records) > 1 else work.records)


def unfoldable(*_: Any, **__: Any) -> Any:
    raise ValueError("planted")


def without_detail(*_: Any) -> dict[str, Any]:
    return {"type": "validation_error"}


PLANTED: dict[str, tuple[Any, str, Callable[..., Any], str]] = {
    "an event is lost": (store, "store", lost, "accepted is not what is on the stream"),
    "an answer is another's": (answers, "_error", without_detail, "posthog"),
    "a field nobody foresaw": (answers, "_told", unfoldable, "ValueError at"),
    "an accepted event cannot be folded": (changes, "fold", unfoldable, "puts aside"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_what_is_planted_is_found_shrunk_and_fails_again_from_its_file(
    planted: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    owner, name, wrong, said = PLANTED[planted]
    monkeypatch.setattr(owner, name, wrong)
    if owner is store:
        steps = {
            kind: tuple(wrong if step.__name__ == name else step for step in of)
            for kind, of in ingest.STEPS.items()
        }
        monkeypatch.setattr(ingest, "STEPS", steps)
    monkeypatch.chdir(tmp_path)

    for ran in campaign.run(SEED, FOUND_WITHIN):
        if ran.failures:
            break
    [failure] = ran.failures
    assert said in failure.what
    assert len(failure.sent.written()) <= len(campaign.request(SEED, failure.number).written())

    file = tmp_path / "failure.json"
    file.write_text(failure.sent.written())
    monkeypatch.setattr(sys, "argv", ["fuzz", "--replay", str(file)])
    assert command.main() == 1
    assert failure.what in capsys.readouterr().out


def test_another_requests_content_in_an_answer_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kept between two requests by mistake, as a cache may do it."""
    kept: list[str] = []

    def readable(text: object) -> Any:
        kept.append(str(text))
        return kept[0]

    monkeypatch.setattr("functions.collect.protocols.twilio_segment.answers.readable", readable)
    target, headers = Target(), {"authorization": basic(f"{LENIENT}:")}
    said = [
        finding(
            target,
            Sent("", "POST", "/v1/track", "", headers, b'{"type": 1, "messageId": "zq%dzq"}' % number),
        )
        for number in (1, 2)
    ]
    assert said == [None, "an answer with something of another request"]


def test_every_format_declares_what_the_corpus_asks_for() -> None:
    """A folder that moved would leave a format out of the campaign."""
    assert {sent.name.partition("/")[0] for sent in corpus.payloads()} == set(corpus.protocols())
    assert len(corpus.calls()) > 100
    assert issubclass(wire_format.WireFormat, tuple)
