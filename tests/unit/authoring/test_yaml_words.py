"""Mistakes are told in the words of somebody who writes YAML: what to write, and what stands there."""

from __future__ import annotations

import pytest

from shared.authoring.lint import lint
from tests.unit.conftest import WriteFiles


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "sources",
            "sources: {a: {trust: browser, origins: 'http://x'}}",
            'should be a list: `["http://x"]`',
        ),
        ("plan", "catalogues: media", 'should be a list: `["media"]`'),
        ("sources", "sources: {a: {trust: browser, origins: }}", "should be a list"),
        ("sources", "sources: {a: {trust: server, key_pair: yes}}", "write true, not `yes`"),
        ("sources", "sources: {a: {trust: server, key_pair: Off}}", "write false, not `Off`"),
        ("sources", "sources: {a: {trust: server, key_pair: 1}}", "should be true or false, not `1`"),
        ("sources", "sources: {a: {trust: server, limits: {oldest_days: '3'}}}", "write 3 without quotes"),
        ("sources", "sources: {a: {trust: server, limits: {oldest_days: x}}}", "a whole number, not `x`"),
        ("sources", "sources: {a: {trust: server, limits: {event_bytes: 5}}}", "at least 1024, not `5`"),
        ("sources", "sources: {a: {trust: Server}}", "should be server or browser, not `Server`"),
        ("sources", "sources: {a: }", "is empty"),
        ("sources", "sources: [a]", "should be a mapping, `key: value`, not a list"),
        ("campaigns", "campaigns: {a: {event: 5, channel: sms, template: t}}", 'write "5" in quotes'),
        ("workspace", "name:", "has no value"),
        ("workspace", 'name: ""', "should not be empty"),
    ],
)
def test_a_value_that_is_wrong_is_told_how_to_write_it(
    folder: WriteFiles, file: str, text: str, said: str
) -> None:
    directory = folder({f"{file}.yaml": text})

    assert any(said in finding.message for finding in lint(directory)), lint(directory)


def test_a_word_of_a_list_has_a_suggestion(folder: WriteFiles) -> None:
    [finding] = lint(folder(sources_yaml="sources: {a: {trust: servr}}"))

    assert finding.advice == "Did you mean `server`?"


def test_a_credential_is_not_shown(folder: WriteFiles) -> None:
    findings = lint(folder(sources_yaml="sources: {a: {trust: server, accepts: s3cr3t}}"))

    assert "s3cr3t" not in str(findings)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("a: b: c\n", "in quotes"),
        ("a:\n\t- b\n", "Indent with spaces"),
        ("a: [1, 2\nb: 3\n", "Close the list"),
        ("a: {b: 1\nc: 2\n", "Close the mapping"),
        ("a: 'x\nb: 1\n", "Close the quotation mark"),
        ("a: {{ x }}\n", "`{{`"),
        ("a: {{ x }} there\n", "`{{`"),
        ("a: @x\n", "Put the text in quotes"),
        ("a: *x\n", "`*` or `&`"),
        ("a:\n  b: 1\n c: 2\n", "alike"),
        ('a: "\\d"\n', "'single' quotes"),
        ("a: - b\n", "line below"),
        ("a: | x\n  y\n", "below `|`"),
        ("5: a\n", "in quotes"),
        ("a: 1\na: 2\n", "Remove or rename"),
        ("a: 1\n---\nb: 1\n", "`---`"),
        ("a: 1\nb:1\nc: 2\n", "space behind the colon"),
    ],
)
def test_text_that_is_no_yaml_is_told_the_usual_slip(folder: WriteFiles, text: str, advice: str) -> None:
    [finding] = lint(folder(plan_yaml=text))

    assert (finding.rule, advice in finding.advice) == ("yaml", True), finding
