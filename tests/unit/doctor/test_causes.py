"""What may stop a stack while every service answers: sources and rules that somebody switched off or deleted, keys that
are gone, letters that nobody has brought back. Each is found where it is, with the command that mends it."""

from __future__ import annotations

import pytest

from cli.doctor.advice import PUT_BACK, typed_for
from cli.doctor.applied import of_versions
from cli.doctor.consumers import expected_of, of_consumers
from cli.doctor.finding import Finding, Part, State, attention, broken, ok
from cli.doctor.keys import of_secrets
from cli.doctor.put_aside import of_put_aside
from cli.doctor.registry import probes
from cli.doctor.rules import of_rules
from shared.aws.stack.event_sources import EventSource
from shared.aws.stack.rules import DEFAULT_BUS, Rule, Target
from shared.messaging.channels import QUEUES
from shared.workspace.model import Settings, Webhook, Workspace

OUTPUTS = {
    name: f"headrace-prod-{name.removesuffix('Function').lower()}"
    for name in (
        "CollectFunction", "ReplayFunction", "DefineFunction", "ProcessFunction", "SweepFunction", "ArchiveFunction",
        "TeeFunction", "SendEmailFunction", "SendSmsFunction", "SendPushFunction", "SendWebhookFunction",
    )
}  # fmt: skip
EXPECTED = expected_of({**OUTPUTS, "StreamName": "events", "CollectApi": "http"})

SOURCES = [
    EventSource(OUTPUTS[output], service, "Enabled", "OK", f"id-{output}-{service}")
    for output, service in (
        ("ArchiveFunction", "dynamodb"), ("ArchiveFunction", "sqs"), ("ProcessFunction", "kinesis"),
        ("SendEmailFunction", "sqs"), ("SendPushFunction", "sqs"), ("SendSmsFunction", "sqs"),
        ("SendWebhookFunction", "sqs"), ("TeeFunction", "sqs"),
    )
]  # fmt: skip


def test_the_functions_that_take_work_from_somewhere_are_known() -> None:
    assert set(OUTPUTS) - set(EXPECTED.values()) == {
        "CollectFunction", "ReplayFunction", "DefineFunction", "SweepFunction",
    }  # fmt: skip
    assert of_consumers(SOURCES, EXPECTED).state is State.OK


STOPS = {
    "id-ProcessFunction-kinesis": {Part.PROCESS},
    "id-ArchiveFunction-sqs": {Part.ARCHIVE},
    "id-SendEmailFunction-sqs": {Part.EMAIL},
}


@pytest.mark.parametrize("state", ["Disabled", "Disabling", "Deleting"])
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_a_source_that_is_off_is_broken_and_the_command_puts_it_on(source: EventSource, state: str) -> None:
    found = of_consumers([one._replace(state=state) if one is source else one for one in SOURCES], EXPECTED)

    assert (found.state, source.function in found.detail, state in found.detail) == (State.BROKEN, True, True)
    assert found.do == f"`aws lambda update-event-source-mapping --uuid {source.id} --enabled`"
    assert found.stops == STOPS.get(source.id, set())


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_a_source_that_is_gone_is_broken(source: EventSource) -> None:
    found = of_consumers([one for one in SOURCES if one is not source], EXPECTED)

    assert (found.state, source.function in found.detail, found.do) == (State.BROKEN, True, PUT_BACK)
    assert found.stops == STOPS.get(source.id, set())


@pytest.mark.parametrize(
    ("state", "result", "expected", "words"),
    [
        ("Enabled", "No records processed", State.OK, "8 event source mappings"),
        ("Enabled", "", State.OK, "8 event source mappings"),
        ("Enabled", "PROBLEM: Function call failed", State.BROKEN, "`headrace logs send-email` says why"),
        ("Updating", "", State.ATTENTION, "Wait"),
        ("Creating", "", State.ATTENTION, "Wait"),
        ("Enabling", "", State.ATTENTION, "Wait"),
    ],
)
def test_what_lambda_says_of_a_source(state: str, result: str, expected: State, words: str) -> None:
    changed = [
        one._replace(state=state, result=result) if one.function == OUTPUTS["SendEmailFunction"] else one
        for one in SOURCES
    ]
    found = of_consumers(changed, EXPECTED)

    assert (found.state, words in f"{found.detail} {found.do}") == (expected, True), found
    assert found.stops == set()


# rules

STACK = "headrace-prod"
TO = (Target("arn:aws:sqs:us-east-1:123456789012:q", None),)


def rule(name: str, bus: str, *detail_types: str, channels: tuple[str, ...] = ()) -> Rule:
    return Rule(f"{STACK}-{name}0A1B2C3D-XYZ123", bus, True, detail_types, channels, TO)


RULES = [
    rule("SweepEveryMinute", DEFAULT_BUS),
    rule("CollectKeptActive", DEFAULT_BUS),
    rule("ArchiveBatchesRule", STACK, "Event Batch"),
    *(rule(f"Send{queue}Rule", STACK, "Message Requested", channels=some) for queue, some in QUEUES.items()),
]
ROUTE = rule("RoutesPurchasesRule", STACK, "Event")


def test_rules_that_are_on_are_fine() -> None:
    assert of_rules([*RULES, ROUTE], STACK) == ok("8 rules are on")
    assert (
        of_rules([one for one in RULES if "KeptActive" not in one.name], STACK).state is State.OK
    )  # no SnapStart


def stops_of(one: Rule) -> set[Part]:
    if "Event Batch" in one.detail_types:
        return {Part.ARCHIVE}
    return {Part.EMAIL} if "email" in one.channels else set()


@pytest.mark.parametrize("off", RULES, ids=lambda one: one.name)
def test_a_rule_of_ours_that_is_off_is_broken_and_the_command_puts_it_on(off: Rule) -> None:
    found = of_rules(
        [one._replace(is_enabled=False) if one is off else one for one in (*RULES, ROUTE)], STACK
    )

    assert found.state is State.BROKEN
    assert "0A1B2C3D" not in found.detail
    assert found.do == f"`aws events enable-rule --event-bus-name {off.bus} --name {off.name}`"
    assert found.stops == stops_of(off)


@pytest.mark.parametrize("idle", RULES, ids=lambda one: one.name)
def test_a_rule_without_a_target_is_broken(idle: Rule) -> None:
    found = of_rules([one._replace(targets=()) if one is idle else one for one in RULES], STACK)

    assert (found.state, found.do) == (State.BROKEN, PUT_BACK)
    assert found.stops == stops_of(idle)


@pytest.mark.parametrize(
    "gone", [one for one in RULES if "KeptActive" not in one.name], ids=lambda one: one.name
)
def test_a_rule_that_is_gone_is_broken(gone: Rule) -> None:
    found = of_rules([one for one in RULES if one is not gone], STACK)

    assert (found.state, found.do) == (State.BROKEN, PUT_BACK)
    assert found.stops == stops_of(gone)


def test_a_route_that_is_off_is_said_and_is_its_owners_matter() -> None:
    found = of_rules([*RULES, ROUTE._replace(is_enabled=False)], STACK)

    assert (found.state, "RoutesPurchasesRule" in found.detail) == (State.ATTENTION, True)
    assert f"enable-rule --event-bus-name {STACK} --name {ROUTE.name}" in found.do


# what was put aside


def test_letters_are_said_with_count_and_page() -> None:
    waiting = {
        "headrace-prod-TeeDeadLetters0A1B2C3D-XYZ": 3,
        "headrace-prod-ProcessDeadLetters0A1B2C3D-XYZ": 0,
    }

    found = of_put_aside(waiting, 0, "headrace-prod-")
    assert (found.state, found.detail) == (State.ATTENTION, "put aside: 3 in TeeDeadLetters")
    assert "`headrace deadletters list --stage prod`" in found.do
    assert "docs/operating/dead-letters.md" in found.do
    assert of_put_aside(dict.fromkeys(waiting, 0), 1, "headrace-prod-").detail.endswith(
        "1 batch that process gave up"
    )
    assert of_put_aside(dict.fromkeys(waiting, 0), 0, "headrace-prod-").state is State.OK


# secrets

WEBHOOK = Workspace(
    version=1, settings=Settings(webhooks={"crm": Webhook(url="https://crm.example/headrace")})
)


@pytest.mark.parametrize(
    ("outgoing", "state"),
    [
        ({"webhooks": {"crm": "s"}}, State.OK),
        ({"webhooks": {}}, State.BROKEN),
        ({"webhooks": {"crm": 5}}, State.BROKEN),
        ({"webhooks": "hunter2"}, State.BROKEN),
        ({}, State.BROKEN),
    ],
)
def test_webhooks_without_what_signs_them_are_broken_and_the_restore_is_named(
    outgoing: dict[str, object], state: State
) -> None:
    found = of_secrets(WEBHOOK, {}, outgoing)

    assert found.state is state
    assert ("restoring.md" in found.do, "crm" in found.detail) == (state is State.BROKEN,) * 2
    assert "hunter2" not in found.detail


# what is advised, and how long it takes


@pytest.mark.parametrize(
    ("do", "stage", "said"),
    [
        ("`headrace logs process` says why", "prod", "`headrace logs process --stage prod` says why"),
        ("`headrace logs process` says why", "local", "`headrace logs process` says why"),
        (PUT_BACK, "dev", PUT_BACK.replace("--revert-drift", "--revert-drift --stage dev")),
        (
            PUT_BACK,
            "local",
            PUT_BACK.replace("headrace deploy --revert-drift", "headrace destroy --yes && headrace up"),
        ),
        ("then `headrace deploy`", "local", "then `headrace up`"),
        ("`aws events x`", "prod", "`aws events x`"),
        ("`aws events x`", "local", "`aws --endpoint-url http://e events x`"),
    ],
)
def test_commands_are_typed_for_the_stack_that_was_examined(do: str, stage: str, said: str) -> None:
    found = typed_for(broken("x", do), stage, "http://e" if stage == "local" else None)

    assert found == broken("x", said)


def test_causes_come_before_what_follows_from_them() -> None:
    order = [probe.finds_causes for probe in probes(with_message=True)]

    assert order == sorted(order, reverse=True)
    assert True in order
    assert False in order


def test_findings_compare_by_what_they_say() -> None:
    assert broken("a", "b") == Finding(State.BROKEN, "a", "b")
    assert attention("a", "b").stops == ok("a").stops == frozenset()


def test_a_workspace_that_cannot_be_read_is_named_with_the_one_that_is_used_instead() -> None:
    found = of_versions(3, "workspace version 5 has what this code does not know: campaigns.0.goal")

    assert found.state is State.BROKEN
    assert "version 5" in found.detail
    assert "version 3 is used instead" in found.detail
    assert "headrace apply" in found.do
    assert of_versions(3, None) == ok("version 3 is in use")
    assert of_versions(0, None).state is State.OK
