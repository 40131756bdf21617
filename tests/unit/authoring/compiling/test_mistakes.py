"""What breaks the rules is shown where, with the right word."""

import pytest

from tests.unit.authoring.compiling.findings import findings, only, where
from tests.unit.conftest import WriteFiles


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("events:\n  A:\n    nmae: x\n", 3, "`nmae` is not known in events > A"),
        ("events:\n  A:\n    properties:\n      p:\n        required: true\n", 4, "`type` is missing"),
        ("events:\n  A:\n    properties:\n      p: {type: text}\n", 4, "should be string,"),
        ("catalogues:\n  - ecommerce\n  - shoes\n", 3, "should be ecommerce,"),
        (
            "events:\n  A:\n    properties:\n      p:\n        type: string\n        minimum: 1\n",
            4,
            "for numbers",
        ),
        ("events:\n  A:\n    properties:\n      p: {type: integer, pattern: x}\n", 4, "for strings"),
        ("events:\n  A:\n    properties:\n      p: {type: string, pattern: '('}\n", 4, "regular expression"),
        ("events:\n  A:\n    properties:\n      p: {type: integer, allowed: [1, two]}\n", 4, "two"),
        ("events:\n  A:\n    properties:\n      p: {type: integer, minimum: 2, maximum: 1}\n", 4, "above"),
        ("events:\n  A:\n    properties:\n      p: {type: string, required: 'yes'}\n", 4, "write true"),
        ("- a\n- b\n", 1, "should be a mapping"),
    ],
)
def test_a_plan_that_breaks_the_rules_is_shown_where(
    folder: WriteFiles, text: str, at: int, words: str
) -> None:
    directory = folder(plan_yaml=text)

    finding = only(directory)
    assert where(directory, finding) == f"plan.yaml:{at}"
    assert words in finding.message
    assert finding.severity == "error"


def test_a_misspelt_key_comes_with_the_right_one(folder: WriteFiles) -> None:
    assert only(folder(plan_yaml="events: {A: {propertys: {}}}")).advice == "Did you mean `properties`?"


@pytest.mark.parametrize(
    ("name", "text", "at", "words"),
    [
        ("sources.yaml", "sources:\n  a: {policy: strict}\n", 2, "`trust` is missing"),
        ("sources.yaml", "sources:\n  Web Shop: {trust: server}\n", 2, "an id has lowercase letters"),
        ("sources.yaml", "sources:\n  headrace: {trust: server}\n", 2, "Headrace's own events"),
        ("sources.yaml", "sources:\n  headrace-doctor: {trust: server}\n", 2, "choose another id"),
        (
            "campaigns/c.yaml",
            "campaigns:\n  headrace-doctor: {event: A, channel: email, template: t}\n",
            2,
            "choose another id",
        ),
        (
            "templates/t.yaml",
            "templates:\n  headrace-doctor: {channel: sms, text: x}\n",
            2,
            "choose another id",
        ),
        ("sources.yaml", "sources:\n  a:\n    trust: server\n    origins: ['*']\n", 2, "trust: browser"),
        (
            "sources.yaml",
            "sources:\n  a:\n    trust: browser\n    origins:\n      - shop.example/x\n",
            5,
            "without a path",
        ),
        ("sources.yaml", "sources:\n  a:\n    trust: server\n    limits: {event_bytes: 1}\n", 4, "1024"),
        ("workspace.yaml", "name: x\nsettings:\n  email:\n    sender: nobody\n", 4, "hello@shop.example"),
        (
            "workspace.yaml",
            "name: x\nsettings:\n  email:\n    sender: jürgen@a.example\n",
            4,
            "SES can send from",
        ),
        (
            "workspace.yaml",
            "name: x\nsettings:\n  email:\n    sender: A <a@b.example>, c\n",
            4,
            "SES can send from",
        ),
        ("workspace.yaml", "name: x\nsettings:\n  sms:\n    allowed_prefixes: ['1']\n", 4, '"+1"'),
        (
            "workspace.yaml",
            "name: x\nsettings:\n  sms:\n    sender_id: 'Twelve-chars'\n",
            4,
            "at most 11 letters",
        ),
        ("workspace.yaml", "name: x\nsettings:\n  sms:\n    sender_id: '123'\n", 4, "at least one letter"),
        ("workspace.yaml", "name: x\nsettings:\n  sms:\n    sender_number: '123'\n", 4, '"12345"'),
        (
            "workspace.yaml",
            "name: x\nsettings:\n  sms:\n    sender_number: '+1 800 555 0100'\n",
            4,
            '"12345"',
        ),
        ("workspace.yaml", "name: x\nsettings:\n  sms:\n    type: marketing\n", 4, "transactional"),
        (
            "workspace.yaml",
            "name: x\nsettings:\n  webhooks:\n    a: {url: 'http://x.example'}\n",
            4,
            "https://",
        ),
        ("workspace.yaml", "settings: {}\n", 1, "`name` is missing"),
        (
            "campaigns.yaml",
            "campaigns:\n  a: {event: E, channel: sms, template: t, webhook: w}\n",
            2,
            "channel: webhook",
        ),
        (
            "campaigns.yaml",
            "campaigns:\n  a: {event: E, channel: fax, template: t}\n",
            2,
            "should be email,",
        ),
        ("templates.yaml", "templates:\n  a: {channel: sms, text: x, text_file: y}\n", 2, "both there"),
    ],
)
def test_any_file_that_breaks_the_rules_is_shown_where(
    folder: WriteFiles, name: str, text: str, at: int, words: str
) -> None:
    directory = folder({name: text})

    found = [finding for finding in findings(directory) if words in finding.message]
    assert [where(directory, finding) for finding in found] == [f"{name}:{at}"]


def test_an_id_defined_twice_names_both_places(folder: WriteFiles) -> None:
    directory = folder(
        {"plan/a.yaml": "events:\n  A: {name: A}\n", "plan/b.yaml": "events:\n\n  A: {name: A}\n"}
    )

    finding = only(directory)
    assert (finding.rule, where(directory, finding)) == ("duplicate-id", "plan/b.yaml:3")
    assert [place.line for place in finding.related] == [2]
