import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.authoring.files.yaml_document import NotReadable, read

TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=20)
SCALARS = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXT
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize("text", ["NO", "no", "on", "off", "yes", "Y"])
def test_words_that_old_yaml_took_for_booleans_are_text(text: str) -> None:
    assert read(f"a: {text}").data == {"a": text}


def test_true_and_false_are_booleans() -> None:
    assert read("a: [true, false]").data == {"a": [True, False]}


@pytest.mark.parametrize("text", ["2026-11-21", "2026-11-21T18:10:00Z"])
def test_dates_stay_the_text_they_are(text: str) -> None:
    assert read(f"a: {text}").data == {"a": text}


def test_every_key_and_item_has_its_line() -> None:
    document = read("a: 1\nb:\n  c:\n    - 1\n    - x: 2\n")

    assert document.line(("a",)) == 1
    assert document.line(("b", "c")) == 3
    assert document.line(("b", "c", 1, "x")) == 5


def test_what_was_not_written_has_the_line_of_what_is_around_it() -> None:
    assert read("a: 1\nb:\n  c: 2\n").line(("b", "missing", "deeper")) == 2


def test_the_text_of_a_block_begins_below_its_key() -> None:
    document = read("a: 1\ntext: |\n  first\n  second\nshort: x\n")

    assert (document.texts[("text",)], document.texts[("short",)]) == (3, 5)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3", 3, "`a` occurs twice here, first in line 1"),
        ("a:\n  404: x", 2, "`404` cannot be a key"),
        ("a: 1\nb: [1,\nc: 2", 3, "expected ',' or ']'"),
        ("a: 1\n\tb: 2", 2, "tab|cannot start"),
        ("a: &x\n  b: *x", 1, "alias inside its own anchor"),
        ("a: 1\nb: !secret x", 2, "tag"),
        ("a: 1\nb: .nan", 2, "not a number"),
        ("a: 1\n---\nb: 2", 2, "single document"),
        ("? [a]\n: 1", 1, "cannot be a key"),
        ("a:\n  <<: [1]\n", 2, "merges mappings only"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(NotReadable, match=words) as refused:
        read(text)
    assert refused.value.line == line


def test_a_merged_mapping_gives_what_is_not_written_itself() -> None:
    document = read("base: &base {a: 1, b: 2}\nmore:\n  <<: *base\n  b: 3\n")

    assert document.data["more"] == {"a": 1, "b": 3}


def test_the_first_of_several_merged_mappings_wins() -> None:
    document = read("one: &one {a: 1}\ntwo: &two {a: 2, b: 2}\nboth:\n  <<: [*one, *two]\n")

    assert document.data["both"] == {"a": 1, "b": 2}


def test_few_lines_of_aliases_do_not_become_billions_of_values() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]

    with pytest.raises(NotReadable, match="aliases"):
        read("\n".join(lines))


def test_endless_nesting_is_refused() -> None:
    with pytest.raises(NotReadable):
        read("[" * 700)


def test_nothing_written_is_nothing() -> None:
    assert read("# only a comment\n").data is None


@given(DATA)
@settings(max_examples=50)
def test_json_is_yaml(data: object) -> None:
    assert read(orjson.dumps({"data": data}).decode()).data == {"data": data}


@given(st.text(max_size=200))
@settings(max_examples=50)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        document = read(text)
    except NotReadable as refused:
        assert refused.line >= 1  # noqa: PT017  either outcome is right
    else:
        assert document.line(()) >= 1
