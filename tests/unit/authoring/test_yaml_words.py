"""Mistakes are told in the words of somebody who writes YAML: what to write, and what stands there."""

from __future__ import annotations

import pytest

from shared.authoring.lint import lint
from shared.templates.liquid_slips import OTHER_FILTERS
from shared.templates.render import PLAIN
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
        (
            "workspace",
            "name: x\nsettings: {sms: {allowed_prefixes: [+43]}}",
            'write "+43" in quotes',
        ),
        ("workspace", "name: x\nsettings: {sms: {allowed_prefixes: [43]}}", 'write "+43" in quotes'),
        ("workspace", "name: x\nsettings: {sms: {allowed_prefixes: [0043]}}", 'write "+43" in quotes'),
        ("workspace", "name: x\nsettings: {sms: {allowed_prefixes: +43}}", 'a list: `["+43"]`'),
        ("workspace", "name: x\nsettings: {sms: {allowed_prefixes: '43'}}", 'a list: `["+43"]`'),
        (
            "plan",
            "events: {A: {properties: {x: {type: string, allowed: a, b, required}}}}",
            "should be a list: `[a, b]`",
        ),
        ("workspace", "name: 1.10", 'write "1.10" in quotes'),
        ("workspace", "name: True", 'write "True" in quotes'),
        (
            "plan",
            "events: {A: {properties: {x: {type: string, allowed: sacher, lemon}}}}",
            "should be a list: `[sacher, lemon]`",
        ),
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


@pytest.mark.parametrize("accepts", ["s3cr3t", "[12345]", "s3cr3t, "])
def test_a_credential_is_not_shown(folder: WriteFiles, accepts: str) -> None:
    findings = lint(folder(sources_yaml=f"sources: {{a: {{trust: server, accepts: {accepts}}}}}"))

    assert findings
    assert "s3cr3t" not in str(findings)
    assert "12345" not in str(findings)


@pytest.mark.parametrize(
    ("file", "inner", "top"),
    [
        ("campaigns", "{event: E, channel: sms, template: t}", "campaigns"),
        ("templates", "{channel: sms, text: x}", "templates"),
        ("sources", "{trust: server}", "sources"),
        ("plan", "{properties: {}}", "events"),
    ],
)
def test_a_forgotten_top_key_is_one_mistake(folder: WriteFiles, file: str, inner: str, top: str) -> None:
    [finding] = lint(folder({f"{file}.yaml": f"# ours\na: {inner}\nb: {inner}\n"}))

    assert finding.place.line == 2
    assert finding.message == f"`{top}:` is missing at the top"
    assert finding.advice.startswith(f"Write `{top}:` above `a`, and indent")


def test_a_misspelt_top_key_is_no_forgotten_one(folder: WriteFiles) -> None:
    [finding] = lint(folder(templates_yaml="template:\n  a: {channel: sms, text: x}\n"))

    assert finding.advice == "Did you mean `templates`?"


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
        ("a: & Co\n", "`*` or `&`"),
        ('a: "Crumb" & Co\n', "whole text in quotes"),
        ("a: ? x\n", "begins with `? `"),
        ("a: , x\n", "begins with `,`"),
        ("a: ] x\n", "Remove the `]`"),
        ("a:\n  b: 1\n c: 2\n", "by the same amount"),
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


@pytest.mark.parametrize(
    ("text", "line", "advice"),
    [
        ("a: 1\nb: 'x\nc: 1\n", 2, "Close the quotation mark in this line."),
        ('a: 1\nb: "x\nc: 1\nd: 2\n', 2, "Close the quotation mark in this line."),
        ('a: 1\nb: "x\nc: "y"\nd: 1\n', 2, "Close the quotation mark in this line."),
        ("a: 1\nb: 'x\nc: 2\nd: 'y'\n", 2, "Close the quotation mark in this line."),
        ("a: {{ b }}, welcome\n", 1, "begins with `{{`"),
        ("a: {{ b }}\n", 1, "begins with `{{`"),
        ("a: {{ b }} there\n", 1, "begins with `{{`"),
        ("a: {% if b %}x\n", 1, "begins with `{{` or `{%`"),
        ("a:\n  - {{ b }}, c\n", 2, "begins with `{{`"),
        ('a: "x {{ b | default: "c" }} y"\n', 1, "put it in 'single' quotes"),
        ("a: 'it's here'\n", 1, 'put it in "double" quotes'),
        ('a: "b" c\n', 1, "Put the whole text in quotes"),
    ],
)
def test_a_slip_with_quotes_is_said_where_it_was_made(
    folder: WriteFiles, text: str, line: int, advice: str
) -> None:
    [finding] = lint(folder(plan_yaml=text))

    assert (finding.rule, finding.place.line) == ("yaml", line)
    assert advice in finding.advice


@pytest.mark.parametrize(
    ("file", "text", "advice"),
    [
        ("plan", "event: {}", "Did you mean `events`?"),
        ("plan", "catalogue: []", "Did you mean `catalogues`?"),
        ("plan", "events: {A: {name: A, property: {}}}", "Did you mean `properties`?"),
        ("plan", "events: {A: {name: A, propertis: {}}}", "Did you mean `properties`?"),
        (
            "plan",
            "events: {A: {name: A, properties: {x: {type: string, enum: [a]}}}}",
            "Did you mean `allowed`?",
        ),
        (
            "plan",
            "events: {A: {name: A, properties: {x: {type: number, max: 1}}}}",
            "Did you mean `maximum`?",
        ),
        (
            "plan",
            "events: {A: {properties: {x: {type: string, format: email}}}}",
            "There are no formats",
        ),
        ("plan", "events: {A: {properties: {x: {type: string, optional: true}}}}", "Leave it out"),
        (
            "plan",
            "events: {A: {properties: {x: {type: string, allowed: a, b}}}}",
            "Write `allowed` as a list in brackets",
        ),
        ("plan", "events: {A: {properties: {x: {type: string, b: }}}}", "There are `type`"),
        ("plan", "events: {A: {properties: {x: {type: money}}}}", "Did you mean `number`?"),
        ("sources", "sources: {a: {trust: public}}", "Did you mean `browser`?"),
        ("plan", "events: {A: {name: A, properties: {x: string}}}", "Write `{type: string}`."),
        ("plan", "events: [{name: A}]", "Write each below a name of its own, `name:`, without `- `."),
        ("plan", "templates: {}", "`templates` belongs in templates.yaml."),
        ("plan", "something: {}", "There are `catalogues`, `events`."),
        ("sources", "sources: {a: {trust: server, cors: []}}", "Did you mean `origins`?"),
        ("sources", "sources: {a: {trust: server, limits: {bytes: 1}}}", "There are `event_bytes`,"),
        ("sources", "sources: {a: {trust: server, subject: x}}", "`subject` belongs in templates.yaml."),
        ("workspace", "name: x\nsettings: {email: {from: a@x.example}}", "Did you mean `sender`?"),
        (
            "workspace",
            "name: x\nsettings: {webhooks: {crm: {link: 'https://x.example'}}}",
            "There is `url`.",
        ),
        ("campaigns", "campaigns: {a: {event: A, conditions: {}}}", "Did you mean `where`?"),
        (
            "campaigns",
            "campaigns: {a: {event: A, channel: sms, template: t, where: [{trait: a, is: 1}]}}",
            "Put the list below `all:` or `any:`.",
        ),
    ],
)
def test_a_key_that_is_not_known_has_a_suggestion_from_those_that_are(
    folder: WriteFiles, file: str, text: str, advice: str
) -> None:
    found = [finding.advice for finding in lint(folder({f"{file}.yaml": text}))]

    assert any(one.startswith(advice) for one in found), found


@pytest.mark.parametrize(
    ("text", "words", "advice"),
    [
        ("x {{ traits.a } y", "`{{` is not closed with `}}`", "Write `}}` after it."),
        ("x {{ traits.a y", "`{{` is not closed with `}}`", "Write `}}` after it."),
        ("x {{ traits.a {{ traits.b }}", "`{{` is not closed with `}}`", "Write `}}` after it."),
        ("{% if traits.a }x{% endif %}", "`{%` is not closed with `%}`", "Write `%}` after it."),
        ("{% if traits.a %}x", "expected tag endif", "Close it with `{% endif %}`."),
        ("{{ traits.a }}} x", "", ""),
        ('{{ traits.a | default "b" }}', "found string", "after a colon"),
        ("{% if traits.a = 1 %}{% endif %}", "found '='", "Compare with `==`."),
        ("{% endif %}", "unexpected tag", "Remove it"),
        ("{% iff traits.a %}{% endif %}", "unexpected tag", "`if`, `unless`"),
        ("{{ first_name }}", "unknown variable `first_name`", "Write `properties.first_name` for what the event has"),
        ("{{ trait.phone }}", "unknown variable", "Did you mean `traits.phone`?"),
        ("{{ property['a b'] }}", "unknown variable", "Did you mean `properties['a b']`?"),
        ("{{ events.name }}", "unknown variable", "Did you mean `event.name`?"),
        ("{{ user.city }}", "unknown variable", "Did you mean `traits.city`?"),
        ("{{ trait }}", "unknown variable", "Write `properties.trait` for"),
        ("{% if traits.a %}{% elseif traits.b %}{% endif %}", "'elseif'", "Write `elsif`"),
        ("{% if traits.a %}{% elif traits.b %}{% endif %}", "'elif'", "Write `elsif`"),
        ("{% if traits.a %}{% end %}", "'end'", "`{% endif %}`"),
        ("{% if traits.a %}{% endfor %}", "'endfor'", "close the open tag"),
        ("{% else %}", "'else'", "between `{% if … %}`"),
        ("{% set a = 1 %}", "'set'", "Write `assign`"),
        ("{% switch traits.a %}", "'switch'", "Write `case`"),
        ('{{ traits.a or "soon" }}', "found or", "`| default:"),
        ("{{#if traits.a}}b{{/if}}", "unexpected '#'", "`{% if traits.city %}"),
        ("{{ traits.a ? 1 : 2 }}", "unexpected '?'", "`{% if"),
        ("{{{ traits.a }}}", "unexpected '{'", "Write `{{`"),
        ("{{ traits.a | upper }}", "did you mean `upcase`?", "See docs/workspace.md"),
        ("{{ traits.a | to_json }}", "did you mean `json`?", "See docs/workspace.md"),
        ("{{ traits.a | upcas }}", "did you mean `upcase`?", "See docs/workspace.md"),
    ],
)  # fmt: skip
def test_a_slip_in_a_template_says_what_to_write(
    folder: WriteFiles, text: str, words: str, advice: str
) -> None:
    indented = text.replace("'", "''")
    found = [
        one
        for one in lint(
            folder(templates_yaml=f"templates:\n  t:\n    channel: sms\n    text: '{indented}'\n")
        )
        if one.severity == "error"
    ]

    assert bool(found) == bool(words)
    assert all(words in one.message and advice in one.advice and one.place.line == 4 for one in found), found


def test_every_filter_that_is_suggested_for_another_name_is_there() -> None:
    assert set(OTHER_FILTERS.values()) <= set(PLAIN.filters)
