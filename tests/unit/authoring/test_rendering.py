"""Templates are rendered with sample values: what would fail at the moment of sending is found by lint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.authoring.findings import Finding
from shared.authoring.lint import lint
from tests.unit.conftest import WriteFiles

WORKSPACE = """name: music
settings:
  email: {sender: hi@music.example}
  sms: {allowed_prefixes: ["+1"]}
  webhooks:
    crm: {url: "https://crm.example/hook"}
"""
PLAN = """events:
  Play Song:
    name: Play Song
    properties:
      title: {type: string, required: true}
      artist: {type: string}
      seconds: {type: number, required: true}
      day: {type: date, required: true}
      code: {type: string, required: true, pattern: "^[A-Z]{3}$"}
      genre: {type: string, required: true, allowed: [jazz]}
      live: {type: boolean, required: true}
      tags: {type: list, required: true}
      album: {type: object, required: true}
      cover: {type: object}
"""

Check = Callable[[str, str, str], list[Finding]]


@pytest.fixture
def check(folder: WriteFiles) -> Check:
    """Lint's findings about a template of one part, written in line 4 of templates.yaml and below."""

    def run(channel: str, part: str, text: str) -> list[Finding]:
        beside = "\n    subject: A" if channel == "email" else ""
        indented = "\n".join(f"      {line}" for line in text.splitlines())
        templates = f"templates:\n  t:\n    {part}: |\n{indented}\n    channel: {channel}{beside}\n"
        webhook = ", webhook: crm" if channel == "webhook" else ""
        directory = folder(
            {
                "workspace.yaml": WORKSPACE,
                "plan.yaml": PLAN,
                "templates.yaml": templates,
                "campaigns.yaml": f"campaigns:\n  c: {{event: Play Song, channel: {channel}, template: t{webhook}}}\n",
            }
        )
        return lint(directory)

    return run


def shown(finding: Finding) -> str:
    return f"{Path(finding.place.file).name}:{finding.place.line} {finding.severity} {finding.rule}"


@pytest.mark.parametrize(
    ("channel", "part", "text"),
    [
        ("webhook", "body", '{"title": {{ properties.title | json }}, "n": {{ properties.seconds }}}'),
        ("webhook", "body", '{"genre": "{{ properties.genre }}", "code": "{{ properties.code }}"}'),
        ("webhook", "body", '{"live": {{ properties.live }}, "day": "{{ properties.day }}"}'),
        ("webhook", "body", '{"tags": {{ properties.tags | json }}, "album": {{ properties.album | json }}}'),
        ("webhook", "body", "[{% for tag in properties.tags %}{{ tag.name | json }}{% endfor %}]"),
        ("webhook", "body", '{"x": {{ traits.x | default: nil | json }}}'),
        ("webhook", "body", '{"u": {{ person.user_id | default: "" | json }}, "e": {{ event | json }}}'),
        ("sms", "text", "{{ properties.day | date: '%B' }} {{ properties.title | upcase }}"),
        ("sms", "text", "{{ traits.since | default: '2026-01-01' | date: '%B' }}"),
        ("sms", "text", "{{ traits.age | default: 1 | plus: 1 }} {{ properties.seconds | times: 2 }}"),
        ("sms", "text", "{% if traits.city %}{{ traits.city }}{% else %}there{% endif %}"),
        ("sms", "text", "{{ event.name }} {{ event.id }} {{ event.occurred_at | date: '%Y' }}"),
        ("email", "html", "{{ properties.album.covers[0].url | default: 'x' }}"),
    ],
)
def test_a_template_that_can_be_sent_is_fine(check: Check, channel: str, part: str, text: str) -> None:
    assert [str(finding) for finding in check(channel, part, text)] == []


@pytest.mark.parametrize(
    ("channel", "part", "text", "expected", "words"),
    [
        ("webhook", "body", '{"t": {{ properties.title }}}', "4 error template", "not JSON"),
        ("webhook", "body", '{"t": {{ properties.title | json }},}', "4 error template", "not JSON"),
        ("webhook", "body", '{\n"t": "{{ properties.title }}"}', "5 warning not-json", "`properties.title`"),
        ("webhook", "body", '{"a": {{ traits.age }}}', "4 warning not-json", "`traits.age`"),
        ("webhook", "body", '{"t": "{{ person.user_id | default: 1 }}"}', "4 warning not-json", "`person.user_id`"),
        ("webhook", "body", '{"t": {{ properties.title | jsn }}}', "4 error template", "unknown filter `jsn`"),
        ("sms", "text", "A\n{{ event.nmae }}", "5 error template", "there is no `event.nmae`"),
        ("sms", "text", "{% if event.x %}A{% endif %}", "4 error template", "`text` is empty"),
        ("sms", "text", "x" * 1601, "4 error template", "1601 characters"),
        ("sms", "text", "{{ 'a' | divided_by: 0 }}", "4 error template", "cannot be rendered"),
        ("sms", "text", "A\n{{ properties.artist }}", "5 warning may-be-missing", "`Play Song` may not have it"),
        ("sms", "text", "{{ properties.cover.url }}", "4 warning may-be-missing", "`Play Song` may not have it"),
        ("sms", "text", "{{ traits.tags[0] }}", "4 warning may-be-missing", "not everybody has it"),
        ("email", "text", "{{ traits.first_name }}", "4 warning may-be-missing", "not everybody has it"),
        ("sms", "text", "{{ properties.titel }}", "4 warning unknown-property", "`properties.titel`"),
    ],
)  # fmt: skip
def test_a_template_that_fails_or_may_fail_is_shown_where(
    check: Check, channel: str, part: str, text: str, expected: str, words: str
) -> None:
    found = check(channel, part, text)

    assert f"templates.yaml:{expected}" in [shown(finding) for finding in found], found
    assert any(words in finding.message for finding in found), found


def test_an_sms_of_the_greatest_length_is_fine(check: Check) -> None:
    assert check("sms", "text", "x" * 1600) == []


def test_each_value_that_may_be_missing_is_told_once(check: Check) -> None:
    found = check("sms", "text", "{{ traits.a }} {{ properties.artist }} {{ traits.a }} {{ traits.b }}")

    assert [finding.message.split("`")[3] for finding in found] == [
        "properties.artist",
        "traits.a",
        "traits.b",
    ]


def test_a_template_that_no_campaign_sends_is_rendered_too(folder: WriteFiles) -> None:
    templates = 'templates:\n  t: {channel: webhook, body: "{{ traits.x }}"}\n'

    found = lint(folder({"templates.yaml": templates}))

    assert [finding.rule for finding in found] == ["may-be-missing", "not-json"]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://localhost:9000/hook", "http:// is not called from AWS"),
        ("http://127.0.0.1/hook", "http:// is not called from AWS"),
        ("https://10.0.0.5/hook", "10.0.0.5 is not a public address"),
        ("https://[::1]/hook", "::1 is not a public address"),
        ("https://169.254.169.254/x", "not a public address"),
        ("https://localhost/hook", "a name of a private network"),
        ("https://crm/hook", "a name of a private network"),
        ("https://crm.internal./hook", "a name of a private network"),
    ],
)
def test_a_webhook_that_works_on_the_laptop_only_is_a_warning(folder: WriteFiles, url: str, why: str) -> None:
    workspace = f'name: x\nsettings:\n  webhooks:\n    crm:\n      url: "{url}"\n'

    [finding] = lint(folder({"workspace.yaml": workspace}))

    assert shown(finding) == "workspace.yaml:5 warning laptop-only"
    assert why in finding.message


@pytest.mark.parametrize(
    "url", ["https://crm.example/hook", "https://8.8.8.8/hook", "https://a.b.example:8443/x"]
)
def test_a_webhook_on_the_internet_is_fine(folder: WriteFiles, url: str) -> None:
    assert (
        lint(folder({"workspace.yaml": f'name: x\nsettings:\n  webhooks: {{crm: {{url: "{url}"}}}}\n'})) == []
    )
