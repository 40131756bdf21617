from pathlib import Path

import pytest

from shared.authoring.findings import Finding
from shared.authoring.lint import lint
from shared.authoring.lint.cycles import ENDS_BY_ITSELF, FOLLOWS_NO_MESSAGE
from shared.own_events import NOTIFICATION_SENT, OWN_EVENTS
from tests.unit.conftest import WriteFiles

NEEDED = {
    "workspace.yaml": 'name: x\nsettings: {email: {sender: a@b.example}, sms: {allowed_prefixes: ["+1"]}}\n',
    "templates.yaml": "templates:\n  mail: {channel: email, subject: a, text: b}\n  sms: {channel: sms, text: a}\n",
    "plan.yaml": "events: {Play Song: {name: x}}\n",
}
MAIL = "channel: email, template: mail"
SMS = "channel: sms, template: sms"


def cycles(folder: WriteFiles, campaigns: str) -> list[Finding]:
    lines = "".join(f"  {line}\n" for line in campaigns.strip().splitlines())
    found = lint(folder({**NEEDED, "campaigns.yaml": f"campaigns:\n{lines}"}))
    assert {finding.rule for finding in found} <= {"cycle"}, found
    return found


def test_a_campaign_that_answers_its_own_message_never_ends(folder: WriteFiles) -> None:
    [finding] = cycles(folder, f"a: {{event: Notification Sent, {MAIL}}}")

    assert (finding.severity, Path(finding.place.file).name, finding.place.line) == (
        "error",
        "campaigns.yaml",
        2,
    )
    assert "a → a" in finding.message


def test_two_campaigns_that_answer_each_other_are_one_cycle(folder: WriteFiles) -> None:
    [finding] = cycles(
        folder,
        f"""
a: {{event: Notification Sent, where: {{property: channel, is: sms}}, {MAIL}}}
b: {{event: Notification Sent, where: {{property: channel, is: email}}, {SMS}}}
""",
    )

    assert "a → b → a" in finding.message
    assert [place.line for place in finding.related] == [3]


@pytest.mark.parametrize(
    "where",
    [
        "{property: campaign, is: b}",
        "{property: channel, is: sms}",
        "{all: [{property: channel, is: sms}, {trait: plan, is: gold}]}",
        "{not: {property: campaign, is: a}}",
        "{not: {any: [{property: channel, is: email}, {trait: plan, is: gold}]}}",
    ],
)
def test_a_condition_that_leaves_the_own_message_out_ends_it(folder: WriteFiles, where: str) -> None:
    campaigns = f"a: {{event: Notification Sent, where: {where}, {MAIL}}}\nb: {{event: Play Song, {SMS}}}"

    assert cycles(folder, campaigns) == []


@pytest.mark.parametrize(
    "where",
    [
        "{trait: plan, is: gold}",
        "{property: channel, is: email}",
        "{any: [{property: channel, is: sms}, {trait: plan, is: gold}]}",
        "{not: {all: [{property: channel, is: email}, {trait: plan, is: gold}]}}",
    ],
)
def test_a_condition_that_may_let_the_own_message_through_does_not(folder: WriteFiles, where: str) -> None:
    assert len(cycles(folder, f"a: {{event: Notification Sent, where: {where}, {MAIL}}}")) == 1


def test_campaigns_of_other_events_make_no_cycle(folder: WriteFiles) -> None:
    assert cycles(folder, f"a: {{event: Play Song, {MAIL}}}\nb: {{event: Session Started, {SMS}}}") == []


def test_of_each_event_of_our_own_it_is_known_whether_a_message_makes_it() -> None:
    """Whoever adds one decides it: a circle that lint does not know is found by the people who get the messages."""
    unsaid = set(OWN_EVENTS) - {NOTIFICATION_SENT} - ENDS_BY_ITSELF - FOLLOWS_NO_MESSAGE
    assert not unsaid, (
        f"shared/authoring/lint/cycles.py is to say whether a message may be followed by {unsaid}"
    )
    assert set(OWN_EVENTS) >= ENDS_BY_ITSELF | FOLLOWS_NO_MESSAGE
    assert not ENDS_BY_ITSELF & FOLLOWS_NO_MESSAGE
