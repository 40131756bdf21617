from pathlib import Path
from typing import Protocol

import pytest

from shared.authoring.findings import Finding
from shared.authoring.lint import checked
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
      title: {type: string}
      length: {type: number}
      genre: {type: string, allowed: [jazz, rock]}
      live: {type: boolean}
      album: {type: object}
"""
TEMPLATES = """templates:
  note: {channel: sms, text: "{{ properties.title }}"}
  letter: {channel: email, subject: A, text: B}
  call: {channel: webhook, body: "{}"}
"""


class Check(Protocol):
    def __call__(self, campaign: str, workspace: str = ..., templates: str = ...) -> list[Finding]: ...


@pytest.fixture
def check(folder: WriteFiles) -> Check:
    """Findings for one campaign, whose text begins in line 3 of campaigns.yaml."""

    def run(campaign: str, workspace: str = WORKSPACE, templates: str = TEMPLATES) -> list[Finding]:
        directory = folder(
            {
                "workspace.yaml": workspace,
                "plan.yaml": PLAN,
                "templates.yaml": templates,
                "campaigns.yaml": f"campaigns:\n  c:\n{campaign}",
            }
        )
        return checked(directory).findings

    return run


def campaign(event: str = "Play Song", where: str = "", channel: str = "sms", template: str = "note") -> str:
    condition = f"    where: {where}\n" if where else ""
    return f"    event: {event}\n    channel: {channel}\n    template: {template}\n{condition}"


def shown(finding: Finding) -> str:
    return f"{Path(finding.place.file).name}:{finding.place.line} {finding.rule}"


def test_a_campaign_whose_references_all_lead_somewhere_is_fine(check: Check) -> None:
    where = "{all: [{property: length, at_least: 60}, {property: genre, in: [jazz]}, {counter: page, at_least: 2}]}"

    assert check(campaign(where=where)) == []


@pytest.mark.parametrize("event", ["page", "identify", "Session Concluded", "Notification Sent"])
def test_events_of_protocols_and_of_our_own_need_no_definition(check: Check, event: str) -> None:
    text = campaign(event=event, channel="email", template="letter", where="{property: channel, is: sms}")
    if event == "Session Concluded":
        text = campaign(event=event, channel="email", template="letter")

    assert check(text) == []


@pytest.mark.parametrize(
    ("text", "expected", "advice"),
    [
        (campaign(event="Play Sng"), "campaigns.yaml:3 unknown-event", "Did you mean `Play Song`?"),
        (campaign(where="{property: lenght, at_least: 1}"), "campaigns.yaml:6 unknown-property", "`length`?"),
        (campaign(where="{property: title.x, is: a}"), "campaigns.yaml:6 unknown-property", ""),
        (campaign(where="{counter: Nothing, at_least: 1}"), "campaigns.yaml:6 unknown-event", ""),
        (campaign(where="{last: Nothing, within_days: 1}"), "campaigns.yaml:6 unknown-event", ""),
        (campaign(where="{property: length, atleast: 1}"), "campaigns.yaml:6 condition", ""),
        (campaign(where="{properti: length}"), "campaigns.yaml:6 condition", ""),
        (campaign(template="nothing"), "campaigns.yaml:5 unknown-template", ""),
        (campaign(template="notes"), "campaigns.yaml:5 unknown-template", "`note`?"),
        (campaign(template="letter"), "campaigns.yaml:5 channel-mismatch", ""),
        (
            campaign(channel="webhook", template="call") + "    webhook: crn\n",
            "campaigns.yaml:6 unknown-webhook",
            "`crm`?",
        ),
        (campaign(where="{property: title, at_least: 5}"), "campaigns.yaml:6 never-holds", ""),
        (campaign(where="{property: length, is: long}"), "campaigns.yaml:6 never-holds", ""),
        (campaign(where="{property: genre, is: folk}"), "campaigns.yaml:6 never-holds", ""),
        (campaign(where="{property: genre, in: [jazz, folk]}"), "campaigns.yaml:6 never-holds", ""),
        (campaign(where="{property: live, is: 'true'}"), "campaigns.yaml:6 never-holds", ""),
        (campaign(where="{not: {property: length, starts_with: a}}"), "campaigns.yaml:6 never-holds", ""),
    ],
)
def test_a_reference_that_leads_nowhere_is_an_error_where_it_stands(
    check: Check, text: str, expected: str, advice: str
) -> None:
    found = check(text)

    assert [(shown(finding), finding.severity) for finding in found] == [(expected, "error")]
    assert advice in found[0].advice


@pytest.mark.parametrize(
    ("event", "plan", "message", "advice"),
    [
        (
            "Customer Registered",
            "events: {}",
            "campaign `c`: there is no event `Customer Registered`, because the plan has none",
            "Define it in plan/, or include a catalogue that has it (headrace catalogue).",
        ),
        (
            "Customer Registered",
            PLAN,
            "campaign `c`: the plan has no event `Customer Registered`",
            "Define it in plan/, or include a catalogue that has it (headrace catalogue).",
        ),
        (
            "Complete Purchase",
            PLAN,
            "campaign `c`: the plan has no event `Complete Purchase`",
            "Define it in plan/, or include the catalogue `ecommerce`, which has it (headrace catalogue).",
        ),
        (
            "Session Concludet",
            PLAN,
            "campaign `c`: the plan has no event `Session Concludet`",
            "Did you mean `Session Concluded`?",
        ),
        ("play-song", PLAN, "campaign `c`: the plan has no event `play-song`", "Did you mean `Play Song`?"),
    ],
)
def test_only_a_name_that_is_nearly_the_same_may_have_been_meant(
    folder: WriteFiles, event: str, plan: str, message: str, advice: str
) -> None:
    files = {"workspace.yaml": WORKSPACE, "plan.yaml": plan, "templates.yaml": TEMPLATES}
    [found] = checked(
        folder({**files, "campaigns.yaml": f"campaigns:\n  c:\n{campaign(event=event)}"})
    ).findings

    assert (found.message, found.advice) == (message, advice)


def test_the_line_is_that_of_the_comparison_within_a_long_condition(check: Check) -> None:
    where = """
      all:
        - {property: length, at_least: 1}
        - any:
            - {property: nope, is: 1}"""

    assert [shown(finding) for finding in check(campaign(where=where))] == [
        "campaigns.yaml:10 unknown-property"
    ]


def test_a_property_inside_of_an_object_may_be_named(check: Check) -> None:
    assert check(campaign(where="{property: album.year, at_least: 1970}")) == []


def test_ignoring_case_another_spelling_may_be_an_allowed_value(check: Check) -> None:
    assert check(campaign(where="{property: genre, is: JAZZ, ignore_case: true}")) == []


@pytest.mark.parametrize(("channel", "template"), [("email", "letter"), ("sms", "note")])
def test_a_channel_that_is_not_set_up_is_an_error(check: Check, channel: str, template: str) -> None:
    found = check(campaign(channel=channel, template=template), workspace="name: x\n")

    assert [shown(finding) for finding in found] == ["campaigns.yaml:4 channel"]


@pytest.mark.parametrize(
    ("templates", "expected", "words"),
    [
        (
            "templates:\n  note:\n    channel: sms\n    text: |\n      a\n      {{ nope }}\n",
            6,
            "unknown variable",
        ),
        (
            "templates:\n  note:\n    channel: sms\n    text: '{{ properties.title | shout }}'\n",
            4,
            "unknown filter",
        ),
        ("templates:\n  note:\n    channel: sms\n    text: '{% if %}'\n", 4, ""),
        ("templates:\n  note:\n    channel: sms\n    subject: a\n    text: a\n", 4, "no `subject`"),
        ("templates:\n  note:\n    channel: push\n    text: a\n", 2, "needs `title`"),
    ],
)
def test_a_template_that_cannot_work_is_shown_at_its_own_line(
    check: Check, templates: str, expected: int, words: str
) -> None:
    found = [finding for finding in check(campaign(), templates=templates) if finding.rule == "template"]

    assert [shown(finding) for finding in found] == [f"templates.yaml:{expected} template"]
    assert words in found[0].message


def test_a_mistake_in_a_text_file_is_shown_in_that_file(folder: WriteFiles) -> None:
    directory = folder(
        {
            "templates/t.yaml": "templates: {w: {channel: sms, text_file: w.liquid}}",
            "templates/w.liquid": "Hello\n\n{{ nope }}\n",
        }
    )

    [found] = checked(directory).findings
    assert shown(found) == "w.liquid:3 template"


def test_with_a_broken_plan_its_events_are_not_called_unknown(folder: WriteFiles) -> None:
    directory = folder(
        {
            "workspace.yaml": WORKSPACE,
            "plan.yaml": "events: [",
            "templates.yaml": TEMPLATES,
            "campaigns.yaml": f"campaigns:\n  c:\n{campaign()}",
        }
    )

    assert [finding.rule for finding in checked(directory).findings] == ["yaml"]


@pytest.mark.parametrize(("trust", "codes"), [("browser", ["public_default"]), ("server", [])])
def test_the_key_made_with_the_stack_is_in_no_page(folder: WriteFiles, trust: str, codes: list[str]) -> None:
    directory = folder(
        {
            "workspace.yaml": WORKSPACE,
            "sources.yaml": f"sources:\n  default: {{name: Shop, trust: {trust}, policy: lenient}}\n",
        }
    )
    assert [finding.rule for finding in checked(directory).findings] == codes


@pytest.mark.parametrize(
    ("where", "advice"),
    [
        ("{property: properties.genre, is: jazz}", "Write `genre`: a property"),
        ("{property: properties.gener, is: jazz}", "Write `genre`: a property"),
        ("{property: event.properties.genre, is: jazz}", "Write `genre`: a property"),
        ("{property: properties.album.year, is: 1}", "Write `album.year`: a property"),
        ("{property: label, is: jazz}", "Define it under `Play Song` in plan/."),
        ("{trait: traits.city, is: Wien}", "Write `city`: a trait"),
    ],
)
def test_a_name_as_templates_write_it_is_told_as_conditions_do(check: Check, where: str, advice: str) -> None:
    [finding] = check(campaign(where=where))

    assert finding.advice.startswith(advice)
