"""What a request takes grows as it does: nesting, fan-out, archives, numbers, and texts that patterns stumble over."""

from __future__ import annotations

import re

import pytest

from tests.fuzz.growing import NAMED, grown, posted, sample, track
from tests.fuzz.sent import Sent
from tests.fuzz.target import Reply, Target

SAMPLE = 120
"""Of the texts of recorded requests; `make fuzz GROWING=1` tries them all."""


@pytest.mark.parametrize("name", NAMED)
def test_eight_times_as_much_takes_about_eight_times_as_much(name: str) -> None:
    found = grown(NAMED[name])
    assert not found.is_too_much, found


def test_so_it_is_with_any_text_of_a_request() -> None:
    too_much = {name: found for name, shape in sample(SAMPLE, 1) if (found := grown(shape)).is_too_much}
    assert too_much == {}


def test_a_pattern_that_tries_every_way_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quadratic: each start of the text is tried to its end."""
    pattern = re.compile(r"a*b")
    ask = Target.ask

    def slow(target: Target, sent: Sent) -> Reply:
        pattern.search(sent.body.decode())
        return ask(target, sent)

    monkeypatch.setattr(Target, "ask", slow)

    assert grown(lambda size: posted("/v1/track", track('{"a":"' + "a" * size + '"}'))).is_too_much


def test_a_copy_for_each_event_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = Target.ask

    def copying(target: Target, sent: Sent) -> Reply:
        copies = [bytearray(sent.body) for _ in range(sent.body.count(b"track"))]
        assert copies
        return ask(target, sent)

    monkeypatch.setattr(Target, "ask", copying)

    assert grown(NAMED["many small events"]).is_too_much
