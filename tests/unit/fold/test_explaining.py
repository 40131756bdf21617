"""What a part of the fold says of a person is English, of one thing as of several."""

from __future__ import annotations

import re

import pytest

from shared.stored import people
from shared.text.counting import number_of
from tests.fakes.folding import Person, did, identified

SAID_OF_SEVERAL = re.compile(r"\b1 \w*s\b|\b1 event ids\b")


@pytest.mark.parametrize(("number", "said"), [(0, "0 events"), (1, "1 event"), (2, "2 events")])
def test_a_number_has_its_word(number: int, said: str) -> None:
    assert number_of(number, "event") == said


@pytest.mark.parametrize("events", [1, 2])
def test_one_of_a_thing_is_not_said_as_several_are(events: int) -> None:
    person = Person()
    person.does(identified(first_name="Ann"), *(did("View Item") for _ in range(events - 1)))

    for name, said in people.presented(person.profile)["explained"].items():
        assert not SAID_OF_SEVERAL.search(said), f"{name}: {said}"
