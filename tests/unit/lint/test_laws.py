"""What holds for any names and any files."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.authoring.lint import lint
from shared.authoring.lint.case_styles import (
    CAMEL,
    KEBAB,
    LOWER,
    PASCAL,
    SENTENCE,
    SNAKE,
    TITLE,
    UPPER,
    rewritten,
    styles,
)
from shared.authoring.lint.consistency import odd_ones
from shared.authoring.lint.event_forms import VERB_FIRST, forms, stems
from shared.authoring.lint.verbs import BASE_OF_PAST, BASES, base, is_past
from shared.authoring.lint.words import same_letters, words

WORD = st.from_regex(r"[a-z]{3,8}", fullmatch=True)
NAME = st.lists(WORD, min_size=2, max_size=4).map(" ".join)
ANY = st.text(max_size=30)

KEYS = st.sampled_from(
    [
        "catalogues", "events", "campaigns", "templates", "sources", "name", "settings", "properties", "type", "event",
        "channel", "template", "where", "all", "any", "not", "property", "is", "in", "at_least", "text", "subject",
        "trust", "policy", "allowed", "pattern", "minimum", "email", "Play Song", "Song Played", "SongName", "",
    ]
)  # fmt: skip
TEXTS = st.sampled_from(
    ["string", "number", "sms", "email", "server", "strict", "ecommerce", "Notification Sent", "a", ""]
)
VALUES = st.none() | st.booleans() | st.integers(-5, 5) | TEXTS
FILES = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)
KINDS = ("workspace", "sources", "plan", "campaigns", "templates")


@pytest.mark.parametrize("style", [TITLE, SENTENCE, LOWER, UPPER, SNAKE, CAMEL, PASCAL, KEBAB])
@given(name=NAME)
def test_a_rewritten_name_has_the_style_and_the_letters(style: str, name: str) -> None:
    again = rewritten(name, style)

    assert style in styles(again)
    assert same_letters(again) == same_letters(name)


@given(name=NAME, style=st.sampled_from([TITLE, SNAKE, CAMEL, PASCAL, KEBAB]))
def test_the_words_of_a_name_are_the_same_however_it_is_written(name: str, style: str) -> None:
    assert [word.lower() for word in words(rewritten(name, style))] == name.split()


@given(ANY)
def test_any_name_has_words_styles_and_forms(name: str) -> None:
    assert all(words(name))
    assert isinstance(styles(name) | forms(name) | stems(name), frozenset)


@given(st.lists(NAME, max_size=6))
def test_names_of_one_style_have_no_odd_one(names: list[str]) -> None:
    assert odd_ones([rewritten(name, SNAKE) for name in names], [], styles) == []


@given(st.lists(NAME, min_size=2, max_size=6, unique=True))
def test_the_single_name_of_another_style_is_the_odd_one(names: list[str]) -> None:
    written = [rewritten(name, SNAKE) for name in names]
    other = rewritten(names[0], PASCAL)

    assert [odd.name for odd in odd_ones([*written, other], [], styles)] == [other]


def test_every_past_form_is_known_as_past_of_its_verb() -> None:
    assert [past for past in BASE_OF_PAST if not is_past(past) or base(past) not in BASES] == []


def test_every_verb_before_a_noun_is_verb_first() -> None:
    assert [verb for verb in sorted(BASES) if forms(f"{verb} thing") != {VERB_FIRST}] == []


@given(st.fixed_dictionaries(dict.fromkeys(KINDS, FILES)))
@settings(max_examples=60, deadline=None)
def test_whatever_the_files_say_lint_answers_with_places_in_them(files: dict[str, Any]) -> None:
    with TemporaryDirectory() as directory:
        for kind, data in files.items():
            if isinstance(data, dict) and kind != "workspace":
                data = {kind if kind != "plan" else "events": data}
            Path(directory, f"{kind}.yaml").write_bytes(orjson.dumps(data))

        for finding in lint(Path(directory)):
            assert Path(finding.place.file).parent == Path(directory)
            assert finding.place.line >= 1
            assert finding.message
