"""A template that uses a property its event does not have: said where it is used, with the name that was meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.authoring.findings import Finding
from shared.authoring.lint import checked, lint
from tests.unit.conftest import WriteFiles

WORKSPACE = "name: shop\nsettings:\n  email: {sender: hi@shop.example}\n"
PLAN = """events:
  Registration:
    name: Registration
    properties:
      signup_source: {type: string, required: true}
      plan: {type: string}
  View Book:
    name: View Book
    properties:
      title: {type: string, required: true}
"""
STRICT = "sources:\n  server: {trust: server, policy: strict}\n"
LENIENT = STRICT + "  web: {trust: browser, policy: lenient}\n"
OBSERVING = STRICT + "  web: {trust: browser, policy: observe}\n"
DEFINING = "sources:\n  server: {trust: server, policy: strict, may_define: true}\n"
CAMPAIGNS = "campaigns:\n  hello: {event: Registration, channel: email, template: welcome}\n"

Check = Callable[..., list[Finding]]


def templates(text: str) -> str:
    return f"templates:\n  welcome:\n    channel: email\n    subject: A\n    text: |\n      Hello,\n      {text}\n"


@pytest.fixture
def found(folder: WriteFiles) -> Check:
    """All of lint's findings of the template, whose `text` is used in line 7 of templates.yaml."""

    def run(text: str, **files: str) -> list[Finding]:
        usual = {"workspace": WORKSPACE, "plan": PLAN, "sources": STRICT, "campaigns": CAMPAIGNS}
        all_files = {**usual, "templates": templates(text), **files}
        return lint(folder({f"{name}.yaml": content for name, content in all_files.items()}))

    return run


def shown(finding: Finding) -> str:
    return f"{Path(finding.place.file).name}:{finding.place.line} {finding.severity} {finding.rule}"


def test_a_misspelt_property_is_an_error_at_its_own_line_and_says_what_was_meant(found: Check) -> None:
    [one] = found("You joined by {{ properties.sign_up_source }}")

    assert shown(one) == "templates.yaml:7 error unknown-property"
    assert one.message == (
        "template `welcome` of campaign `hello` uses `properties.sign_up_source`, "
        "which `Registration` does not have: every message fails"
    )
    assert one.advice == "Did you mean `properties.signup_source`?"
    assert [(Path(place.file).name, place.line) for place in one.related] == [("campaigns.yaml", 2)]


@pytest.mark.parametrize(
    ("sources", "severity"),
    [
        (STRICT, "error"),
        (LENIENT, "warning"),
        (OBSERVING, "warning"),
        (DEFINING, "warning"),
        ("sources: {}\n", "warning"),
        ("sources: [\n", "warning"),
    ],
)
def test_it_is_an_error_only_where_no_source_may_send_it(found: Check, sources: str, severity: str) -> None:
    [one] = [
        finding
        for finding in found("{{ properties.sign_up_source }}", sources=sources)
        if finding.place.file.endswith("templates.yaml")
    ]

    assert (one.rule, one.severity) == ("unknown-property", severity)


@pytest.mark.parametrize(
    "text",
    [
        '{{ properties.sign_up_source | default: "us" }}',
        "{% if properties.sign_up_source %}by {{ properties.sign_up_source }}{% endif %}",
    ],
)
def test_with_a_default_messages_are_sent_and_it_is_a_warning(found: Check, text: str) -> None:
    assert [shown(one) for one in found(text)] == ["templates.yaml:7 warning unknown-property"]


def test_each_is_said_once_where_it_is_first_used(found: Check) -> None:
    text = "{{ properties.plam }}{{ properties.plam }}\n      {{ properties.nothing.deep }} {{ properties.plan }}"

    assert [(shown(one), one.advice) for one in found(text) if one.rule == "unknown-property"] == [
        ("templates.yaml:7 error unknown-property", "Did you mean `properties.plan`?"),
        (
            "templates.yaml:8 error unknown-property",
            "Define it in plan/, or do not use it for `Registration`, which has `signup_source`, `plan`.",
        ),
    ]


BOTH = (
    "campaigns:\n  hello: {event: Registration, channel: email, template: welcome}\n"
    "  seen: {event: View Book, channel: email, template: welcome}\n"
)


def test_what_another_event_of_the_template_has_may_be_asked_for(found: Check) -> None:
    assert found("{% if properties.title %}{{ properties.title }}{% endif %}", campaigns=BOTH) == []


def test_what_another_event_has_is_missing_all_the_same_without_asking(found: Check) -> None:
    [one] = found("{{ properties.title }}", campaigns=BOTH)

    assert (one.severity, "campaign `hello`" in one.message) == ("error", True)


def test_our_own_events_have_what_they_have_however_lenient_the_sources_are(found: Check) -> None:
    campaigns = CAMPAIGNS.replace("Registration", "Session Concluded")

    [one] = found("{{ properties.session_lenght }}", campaigns=campaigns, sources=LENIENT)
    assert (shown(one), one.advice) == (
        "templates.yaml:7 error unknown-property",
        "Did you mean `properties.session_length`?",
    )


@pytest.mark.parametrize("event", ["identify", "page"])
def test_an_event_without_a_definition_may_have_any_property(found: Check, event: str) -> None:
    [one] = found("{{ properties.whatever }}", campaigns=CAMPAIGNS.replace("Registration", event))

    assert (one.rule, one.severity) == ("may-be-missing", "warning")
    assert f"`{event}` may not have it" in one.message
    assert "required" not in one.advice


def test_what_identify_brings_no_policy_checks(found: Check) -> None:
    [one] = found(
        "{{ properties.plam }}",
        plan="events:\n  identify:\n    name: Identify\n    properties: {plan: {type: string}}\n",
        campaigns=CAMPAIGNS.replace("Registration", "identify"),
    )

    assert (one.rule, one.severity) == ("unknown-property", "warning")


BROKEN = {
    "its event": CAMPAIGNS.replace("Registration", "Registraton"),
    "its event's key": CAMPAIGNS.replace("event:", "evnt:"),
    "its template": CAMPAIGNS.replace("template: welcome", "template: welcom"),
    "its template's key": CAMPAIGNS.replace("template:", "tmplate:"),
    "its channel": CAMPAIGNS.replace("channel: email", "channel: sms"),
    "its indentation": "campaigns:\nhello: {event: Registration, channel: email, template: welcome}\n",
    "its yaml": "campaigns:\n  hello: {event: Registration\n",
    "its kind": CAMPAIGNS.replace("campaigns:", "campaign:"),
    "all of it": "",
}


@pytest.mark.parametrize("campaigns", BROKEN.values(), ids=BROKEN)
def test_a_broken_campaign_makes_nothing_wrong_with_its_template(found: Check, campaigns: str) -> None:
    text = "{{ properties.signup_source }} {{ properties.sign_up_source }}"

    assert [
        one for one in found(text, campaigns=campaigns) if one.place.file.endswith("templates.yaml")
    ] == []


@pytest.mark.parametrize("campaigns", BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_with_the_template_whatever_it_is_sent_for_is_said_in_the_same_round(
    found: Check, campaigns: str
) -> None:
    text = "{{ event.nmae }} {{ properties.signup_source }}"

    assert "templates.yaml:7 error template" in map(shown, found(text, campaigns=campaigns))


def test_apply_refuses_what_makes_every_message_fail(folder: WriteFiles) -> None:
    files = {
        "workspace.yaml": WORKSPACE,
        "plan.yaml": PLAN,
        "sources.yaml": STRICT,
        "campaigns.yaml": CAMPAIGNS,
        "templates.yaml": templates("{{ properties.sign_up_source }}"),
    }

    assert [one.rule for one in checked(folder(files)).findings] == ["unknown-property"]
