"""What a request takes grows as it does: nesting, fan-out, archives, numbers, and texts that patterns stumble over."""

from __future__ import annotations

import re
from typing import Any

import pytest

from functions.collect.adapter import growth
from functions.collect.http import body, documents
from functions.collect.protocols.clevertap.web import decoding
from tests.fuzz import growing
from tests.fuzz.growing import MOST_UNPACKED, NAMED, PACKED, grown, peak_of_archive, posted, sample, track
from tests.fuzz.sent import Sent
from tests.fuzz.target import Reply, Target

SAMPLE = 120
"""Of the texts of recorded requests; `make fuzz GROWING=1` tries them all."""


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where too much is planted, it is believed when it is measured for the second time."""
    monkeypatch.setattr(growing, "WAITS", growing.WAITS[:1])


@pytest.mark.parametrize("name", NAMED)
def test_eight_times_as_much_takes_about_eight_times_as_much(name: str) -> None:
    found = grown(NAMED[name])
    assert not found.is_too_much, found


def test_so_it_is_with_any_text_of_a_request() -> None:
    too_much = {name: found for name, shape in sample(SAMPLE, 1) if (found := grown(shape)).is_too_much}
    assert too_much == {}


@pytest.mark.parametrize("form", PACKED)
def test_an_archive_is_unpacked_no_further_than_a_body_may_be_long(form: str) -> None:
    assert peak_of_archive(PACKED[form]) <= MOST_UNPACKED


@pytest.mark.parametrize("form", PACKED)
def test_an_archive_that_is_unpacked_to_its_end_is_found(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for owner, bound in ((body, "LARGEST"), (decoding, "LONGEST")):
        monkeypatch.setattr(owner, bound, 1024**3)

    assert peak_of_archive(PACKED[form]) > MOST_UNPACKED


@pytest.mark.usefixtures("impatient")
def test_much_that_is_given_to_many_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "hold_to", lambda *_: None)
    monkeypatch.setattr(growth, "MOST", None)

    assert grown(NAMED["much context_of_a_batch of many"]).is_too_much


@pytest.mark.usefixtures("impatient")
def test_a_walk_that_begins_again_at_each_level_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quadratic in the levels, of which JSON's reader takes no more than 1,024."""
    read = body.parsed

    def walked(raw: bytes) -> Any:
        document = inner = read(raw)
        levels = 0
        while isinstance(inner, (dict, list)) and inner:
            levels += 1
            inner = document
            for _ in range(levels):
                inner = [*(inner.values() if isinstance(inner, dict) else inner)][-1]
        return document

    monkeypatch.setattr(documents, "parsed", walked)

    assert grown(NAMED["objects in as many levels as JSON may have"]).is_too_much


@pytest.mark.usefixtures("impatient")
def test_a_pattern_that_tries_every_way_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quadratic: each start of the text is tried to its end."""
    pattern = re.compile(r"a*b")
    ask = Target.ask

    def slow(target: Target, sent: Sent) -> Reply:
        pattern.search(sent.body.decode())
        return ask(target, sent)

    monkeypatch.setattr(Target, "ask", slow)

    assert grown(lambda size: posted("/v1/track", track('{"a":"' + "a" * size + '"}'))).is_too_much


@pytest.mark.usefixtures("impatient")
def test_a_copy_for_each_event_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = Target.ask

    def copying(target: Target, sent: Sent) -> Reply:
        copies = [bytearray(sent.body) for _ in range(sent.body.count(b"track"))]
        assert copies
        return ask(target, sent)

    monkeypatch.setattr(Target, "ask", copying)

    assert grown(NAMED["many small events"]).is_too_much
