"""profile, timeline, messages and rejected on moto: what people read, and what programs read."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner, Result

from cli.main import typed
from cli.messages.content import content_of
from cli.messages.reasons import explained
from cli.problem import Problem
from cli.stacks import Stack
from shared.aws import clients
from shared.aws.messages.log import DynamoMessages
from shared.aws.tables.profiles import DynamoProfiles
from shared.aws.tables.rejected import DynamoRejected
from shared.aws.tables.timeline import DynamoTimeline
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.fold.profile import Changes, Pointer
from shared.messaging.channels import Channel
from shared.messaging.messages import MessageRequest, Status, Why
from shared.people.timeline import Chunk
from shared.plan.reasons import Code
from shared.rejected import RejectedItem, RejectedReason, RejectedRequest
from shared.workspace.model import Campaign, EmailSettings, Settings, SmsSettings, Template, Workspace
from tests.fakes.folding import NOON, Person, did, identified

NOW = datetime.now(UTC).replace(microsecond=0)
MILLISECONDS = f"{int(NOW.timestamp() * 1000):012x}"
REQUEST = f"{MILLISECONDS[:8]}-{MILLISECONDS[8:]}-7000-8000-000000000001"
"""A UUIDv7 of this moment, as `collect` names requests."""
OUTPUTS = {
    "ProfilesTable": "profiles",
    "TimelineTable": "timeline",
    "MessagesTable": "messages",
    "RejectedTable": "rejected",
    "WorkspaceBucket": "workspace",
    "WorkspaceTable": "workspace",
}


@pytest.fixture(scope="module", autouse=True)
def stack() -> Iterator[None]:
    """Its tables, made once: no test changes what is in them."""
    with pytest.MonkeyPatch.context() as monkeypatch, mock_aws():
        monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        monkeypatch.setattr(
            Stack, "load", lambda stage=None: Stack(stage or "local", "http://127.0.0.1:9", OUTPUTS)
        )
        clients.forget()
        table("profiles", "pk")
        table("timeline", "pk", "sk")
        table("rejected", "pk", "sk")
        table("workspace", "pk")
        table("messages", "pk", indexes={"of_person": "person", "of_day": "day"})
        boto3.client("s3").create_bucket(Bucket="workspace")
        yield
    clients.forget()


def table(name: str, *keys: str, indexes: dict[str, str] | None = None) -> None:
    roles: tuple[Literal["HASH", "RANGE"], ...] = ("HASH", "RANGE")
    used = {*keys, *(indexes or {}).values(), *(["requested_at"] if indexes else [])}
    more: dict[str, Any] = {}
    if indexes:
        more["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index,
                "KeySchema": [
                    {"AttributeName": key, "KeyType": "HASH"},
                    {"AttributeName": "requested_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
            for index, key in indexes.items()
        ]
    boto3.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": role} for key, role in zip(keys, roles, strict=False)],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in sorted(used)],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )


@pytest.fixture(scope="module")
def ann(stack: None) -> None:
    """u1, once the visitor a1: traits, consents, two events on the timeline."""
    person = Person()
    events = [
        identified(first_name="Ann [VIP]", consents={"sms": True}),
        did("View Item", properties={"price": 12.5}),
    ]
    person.does(*events)
    DynamoProfiles("profiles").save(
        Changes(profiles=(person.profile,), pointers=(Pointer("anonymous:a1", "user:u1"),)), at=NOON
    )
    rows = [
        {
            "id": event.id, "type": event.type, "name": event.name, "source": event.source,
            "occurred_at": "2026-11-21T12:00:00.000Z", "received_at": "2026-11-21T12:00:00.000Z",
            "properties": event.properties,
        }
        for event in events
    ]  # fmt: skip
    data = zlib.compress(json.dumps(rows).encode())
    DynamoTimeline("timeline").put([Chunk("user:u1", "2026-11-21T12:00:00.000Z#1", 2_000_000_000, data)])


@pytest.fixture(scope="module")
def sms(stack: None) -> None:
    """One SMS that was sent, and a later one that was not."""
    log = DynamoMessages("messages")
    sent, skipped = (
        MessageRequest(
            id=f"m{number}", channel="sms", campaign="big-order", person="user:u1", event=did("Complete Purchase"),
            requested_at=NOW - timedelta(minutes=10 - number), workspace=1,
        )
        for number in (1, 2)
    )  # fmt: skip
    log.claim(sent, to="+12025550100", until=NOW, at=NOW, spend_usd=0, cap_usd=0)
    log.record(sent, status=Status.SENT, reason=None, to="+12025550100", provider_id="p1", at=NOW)
    log.decline(
        skipped,
        status=Status.SKIPPED,
        reason=Why.CONSENT_WITHDRAWN,
        to=None,
        at=NOW,
        detail="words behind it",
    )


@pytest.fixture(scope="module")
def refused(stack: None) -> None:
    reason = RejectedReason(
        code=Code.WRONG_TYPE, field="properties.amount", message="amount must be a number [sic]"
    )
    items = [
        RejectedItem(
            index=3, event_id="e3", name="Complete Purchase", user_id="u1", reasons=(reason,), body=b'{"a":1}'
        ),
        RejectedItem(index=5, other_ids={"email": "ana@shop.example"}, reasons=(reason,), body=b"{}"),
        RejectedItem(index=7, reasons=(reason,), body=b"\xff{not json"),
    ]
    request = RejectedRequest(
        request=REQUEST, source="strict", protocol="twilio_segment", trust="server", received_at=NOW,
        expires_at=2_000_000_000, items=tuple(items),
    )  # fmt: skip
    assert DynamoRejected("rejected", "workspace").put([request]) == []


def run(*arguments: str) -> Result:
    return CliRunner().invoke(typed, list(arguments))


def printed(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize("typed_id", ["u1", "a1", "anonymous:a1"])
def test_a_profile_is_printed_for_any_of_its_ids(ann: None, typed_id: str) -> None:
    person = printed("profile", typed_id)

    assert person["key"] == "user:u1"
    assert person["counters"]["View Item"]["count"] == 1
    assert person["consents"] == {"sms": True}


def test_a_profile_card_shows_traits_as_they_are(ann: None) -> None:
    card = run("profile", "u1").stdout

    assert "Ann [VIP]" in card
    assert "sms given" in card
    assert "View Item" in card


def test_a_timeline_has_properties_but_no_context(ann: None) -> None:
    events = printed("timeline", "a1")

    assert [event["name"] for event in events] == ["identify", "View Item"]
    assert events[1]["properties"] == {"price": 12.5}
    assert "context" not in events[1]
    assert '{"price":12.5}' in run("timeline", "u1").stdout


def test_a_timeline_may_be_cut_to_the_latest(ann: None) -> None:
    assert len(printed("timeline", "u1", "--limit", "1")) == 1


def test_messages_are_listed_newest_first_with_their_reasons(sms: None) -> None:
    listed = printed("messages", "--user", "u1")

    assert [(one["status"], one["reason"], one["to"]) for one in listed] == [
        ("skipped", "consent_withdrawn", None),
        ("sent", None, "+12025550100"),
    ]
    assert printed("messages") == listed
    assert printed("messages", "--limit", "1") == listed[:1]
    assert [one["detail"] for one in listed] == ["words behind it", None]
    assert "consent_withdrawn" in run("messages").stdout
    assert "words behind it" in run("messages").stdout
    assert "words behind it" in run("messages", "show", "m2").stdout


def test_no_messages_yet_may_mean_that_they_are_on_their_way(stack: None) -> None:
    said = run("messages", "--since", "0h").stdout

    assert said.startswith("No messages. A message appears a moment after its event")
    assert "headrace rejected list" in said


def test_messages_of_nobody_say_that_nobody_is_known(stack: None) -> None:
    said = run("messages", "--user", "nobody").stdout

    assert said.startswith("No messages: nobody is known as “nobody”. A person appears a moment after")


@pytest.fixture(scope="module")
def bea(stack: None) -> dict[str, str]:
    """u2, who bought twice: the first purchase brought an email, the second one an SMS that had no address. Between the
    two the workspace changed. The ids of the messages, by channel."""
    workspaces = DynamoWorkspaces(table="workspace", bucket="workspace")
    workspaces.apply(shop("first"), after=0, at=NOW - timedelta(minutes=30), by="me")
    workspaces.apply(shop("second"), after=1, at=NOW - timedelta(minutes=5), by="me")
    workspaces.apply(shop("third"), after=2, at=NOW + timedelta(minutes=5), by="me")
    person = Person(key="user:u2")
    person.does(did("identify", type="identify", user_id="u2", traits={"first_name": "Bea <3"}))
    DynamoProfiles("profiles").save(Changes(profiles=(person.profile,), pointers=()), at=NOW)
    log = DynamoMessages("messages")
    requests = {
        channel: MessageRequest(
            id=f"{channel}-0123456789", channel=channel, campaign=campaign, person="user:u2",
            event=did("Complete Purchase", id=f"e-{channel}", user_id="u2", properties={"amount": 12.0}),
            requested_at=at, workspace=1,
        )
        for channel, campaign, at in (
            ("email", "thanks", NOW - timedelta(minutes=10)), ("sms", "thanks-sms", NOW - timedelta(minutes=1))
        )
    }  # fmt: skip
    for request in requests.values():
        arrived = request.requested_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        row = {
            "id": request.event.id, "type": "track", "name": request.event.name, "source": "s",
            "occurred_at": arrived, "received_at": arrived, "properties": request.event.properties,
        }  # fmt: skip
        data = zlib.compress(json.dumps([row]).encode())
        DynamoTimeline("timeline").put([Chunk("user:u2", f"{arrived}#1", 2_000_000_000, data)])
    email, sms = requests["email"], requests["sms"]
    log.claim(email, to="bea@x.example", until=NOW, at=email.requested_at, spend_usd=0, cap_usd=0)
    log.record(
        email, status=Status.SENT, reason=None, to="bea@x.example", provider_id="p2", at=email.requested_at
    )
    log.decline(sms, status=Status.SKIPPED, reason=Why.NO_ADDRESS, to=None, at=sms.requested_at)
    return {channel: request.id for channel, request in requests.items()}


def shop(word: str) -> Workspace:
    parts = {"subject": f"{word}: {{{{ properties.amount }}}}", "html": "<p>Hi {{ traits.first_name }}</p>"}
    return Workspace(
        settings=Settings(
            email=EmailSettings(sender=f"{word} & Co <hello@shop.example>"),
            sms=SmsSettings(sender_id=word.title()),
        ),
        campaigns=(
            Campaign(id="thanks", name="T", event="Complete Purchase", channel="email", template="mail"),
            Campaign(id="thanks-sms", name="T", event="Complete Purchase", channel="sms", template="text"),
        ),
        templates=(
            Template(id="mail", channel="email", parts=parts),
            Template(id="text", channel="sms", parts={"text": f"{word} {{{{ traits.none }}}}"}),
        ),
    )


def test_a_message_is_shown_as_the_workspace_of_its_time_renders_it(bea: dict[str, str]) -> None:
    shown = printed("messages", "show", bea["email"])

    assert shown["to"] == "bea@x.example"
    assert shown["content"]["parts"] == {"subject": "first: 12", "html": "<p>Hi Bea &lt;3</p>"}
    assert (shown["content"]["origin"], shown["content"]["workspace_version"]) == ("rendered_again", 1)


def test_a_message_on_a_terminal_has_its_text_and_says_that_it_was_rendered_again(
    bea: dict[str, str],
) -> None:
    card = run("messages", "show", bea["email"]).stdout

    assert "first: 12" in card
    assert "Hi Bea <3" in card
    assert "<p>" not in card
    assert (
        "It was sent. The emulator forgot its text when it stopped. This is what the template of workspace"
        in card
    )


def test_a_messages_html_is_the_html_and_nothing_else(bea: dict[str, str]) -> None:
    result = run("messages", "show", bea["email"], "--html")

    assert result.stdout == "<p>Hi Bea &lt;3</p>\n"
    assert "This is what the template of workspace version 1 makes of its event" in result.stderr


@pytest.mark.parametrize(
    ("stage", "status", "channel", "standing"),
    [
        ("local", Status.SENT, "email", "It was sent. The emulator forgot its text when it stopped."),
        ("local", Status.DELIVERED, "sms", "It was sent. The emulator forgot its text when it stopped."),
        ("local", Status.SENT, "webhook", "It was sent, but its text is not stored."),
        ("prod", Status.SENT, "email", "It was sent, but its text is not stored."),
        ("local", Status.SKIPPED, "email", "It was not sent."),
        ("prod", Status.EXPIRED, "sms", "It was not sent."),
        ("local", Status.FAILED, "email", "It did not reach the person."),
        ("local", Status.UNCERTAIN, "email", "It is unknown whether it was sent."),
        ("local", Status.REQUESTED, "email", "It is not sent yet."),
        ("local", Status.WAITING, "sms", "It is not sent yet."),
    ],
)
def test_what_is_rendered_again_says_whether_it_was_sent_at_all(
    bea: dict[str, str], stage: str, status: Status, channel: Channel, standing: str
) -> None:
    found = DynamoMessages("messages").find(bea["email"])
    assert found is not None

    content = content_of(found._replace(status=status, channel=channel), Stack.load(stage))
    assert content.parts is not None
    assert content.note.startswith(f"{standing} This is what the template of workspace version 1 makes")


def test_a_message_says_who_it_comes_from_by_the_workspace_of_its_time(bea: dict[str, str]) -> None:
    assert "first & Co <hello@shop.example>" in run("messages", "show", bea["email"]).stdout
    assert printed("messages", "show", bea["email"])["content"]["sender"] == "first & Co <hello@shop.example>"
    assert printed("messages", "show", bea["sms"])["content"]["sender"] == "Second"
    assert "\nfrom      Second" in run("messages", "show", bea["sms"]).stdout


def test_a_reason_without_words_of_its_own_is_explained(bea: dict[str, str]) -> None:
    assert f"{bea['sms'][:8]}  the person has no trait `phone`" in run("messages").stdout
    assert "the person has no trait `phone`" in run("messages", "show", bea["sms"]).stdout


@pytest.mark.parametrize(
    ("reason", "channel", "detail", "words"),
    [
        (Why.ADDRESS_NOT_VALID, "sms", None, "not international"),
        (Why.CONSENT_NOT_GIVEN, "sms", None, 'consents={"sms":true}'),
        (Why.PROVIDER_UNAVAILABLE, "webhook", None, "ten attempts over five hours"),
        (Why.PROVIDER_REFUSED, "webhook", "status 404", "status 404"),
        (Why.TEMPLATE_FAILED, "sms", None, None),
        (None, "sms", None, None),
    ],
)
def test_what_is_said_of_a_reason(
    reason: Why | None, channel: str, detail: str | None, words: str | None
) -> None:
    said = explained({"reason": reason, "channel": channel, "detail": detail})

    assert said == words if words is None else words in str(said)


def test_a_message_without_html_says_why(bea: dict[str, str]) -> None:
    result = run("messages", "show", bea["sms"], "--html")

    assert isinstance(result.exception, Problem)
    assert (str(result.exception), "traits.none" in result.exception.advice) == ("There is no HTML", True)


def test_a_message_that_cannot_be_rendered_says_why(bea: dict[str, str]) -> None:
    shown = printed("messages", "show", bea["sms"])

    assert (shown["status"], shown["reason"]) == ("skipped", "no_address")
    assert shown["content"]["parts"] is None
    assert "traits.none" in shown["content"]["note"]
    assert shown["content"]["workspace_version"] == 2


def test_a_message_is_found_by_how_its_id_begins(bea: dict[str, str]) -> None:
    assert printed("messages", "show", "email-01")["id"] == bea["email"]
    assert bea["email"][:8] in run("messages").stdout


def test_an_id_that_is_nobodys_or_of_several_is_a_problem(bea: dict[str, str], sms: None) -> None:
    for typed_id, words in (("nope", "no message nope"), ("m", "2 messages")):
        result = run("messages", "show", typed_id)
        assert isinstance(result.exception, Problem)
        assert words in str(result.exception)
    assert "  m1  " in run("messages", "show", "m").exception.advice  # type: ignore[union-attr]


def test_a_message_whose_event_is_gone_says_so(ann: None, bea: dict[str, str], sms: None) -> None:
    note = printed("messages", "show", "m1")["content"]["note"]

    assert "no campaign big-order" in note


def test_what_the_emulator_kept_is_shown_as_sent(
    bea: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "cli.laptop.inspection.emails",
        lambda _: [{"MessageId": "p2", "Subject": "As sent", "BodyText": "", "BodyHtml": "<b>x</b>"}],
    )
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    content = content_of(DynamoMessages("messages").find(bea["email"]), Stack.load())  # type: ignore[arg-type]

    assert content.origin == "as_sent"
    assert content.parts == {"subject": "As sent", "html": "<b>x</b>"}


def test_a_person_previews_all_templates_also_behind_one_that_fails(
    bea: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "workspace.yaml").write_text("name: x\nsettings: {sms: {allowed_prefixes: ['+1']}}\n")
    (tmp_path / "templates.yaml").write_text(
        "templates:\n  a: {channel: sms, text: '{{ traits.none }}'}\n"
        "  b: {channel: sms, text: '{{ properties.amount }}'}\n"
        "  other: {channel: sms, text: '{{ properties.query }}'}\n"
    )
    (tmp_path / "plan.yaml").write_text("catalogues: [ecommerce]\n")
    (tmp_path / "campaigns.yaml").write_text(
        "campaigns:\n  a: {event: Complete Purchase, channel: sms, template: a}\n"
        "  b: {event: Complete Purchase, channel: sms, template: b}\n"
        "  other: {event: Search, channel: sms, template: other}\n"
    )

    result = run(
        "template", "preview", str(tmp_path), "--person", "u2", "--event", "Complete Purchase", "--json"
    )

    assert result.exit_code == 1
    assert [(one["template"], one["parts"]) for one in json.loads(result.stdout)] == [
        ("a", None),
        ("b", {"text": "12"}),
    ]


def test_a_person_previews_a_template_with_their_latest_event(bea: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "workspace.yaml").write_text("name: x\nsettings: {email: {sender: a@x.example}}\n")
    (tmp_path / "templates.yaml").write_text(
        "templates:\n  t: {channel: email, subject: '{{ properties.amount }}', text: '{{ traits.first_name }}'}\n"
    )
    (tmp_path / "plan.yaml").write_text("catalogues: [ecommerce]\n")
    file = str(tmp_path / "templates.yaml")

    [real] = printed("template", "preview", file, "--person", "u2", "--event", "Complete Purchase")
    [other] = printed("template", "preview", file, "--person", "u2", "--event", "page")

    assert real["parts"] == {"subject": "12", "text": "Bea <3"}
    assert other["parts"] == {"subject": "sample amount", "text": "Bea <3"}
    assert "sample event" in other["values"]


def test_rejected_events_are_listed_one_by_one(refused: None) -> None:
    listed = printed("rejected", "list")

    assert [event["id"] for event in listed] == [f"{REQUEST}-3", f"{REQUEST}-5", f"{REQUEST}-7"]
    assert [event["other_ids"] for event in listed] == [{}, {"email": "ana@shop.example"}, {}]
    assert listed[0]["reasons"] == [
        {"code": "wrong_type", "field": "properties.amount", "message": "amount must be a number [sic]"}
    ]
    text = run("rejected", "list").stdout
    assert "Complete Purchase" in text
    assert "email:ana@shop.example" in text
    assert "wrong_type  amount must be a number [sic]" in text


def test_a_rejected_event_is_shown_with_its_body(refused: None) -> None:
    assert printed("rejected", "show", f"{REQUEST}-3")["body"] == {"a": 1}
    assert printed("rejected", "show", f"{REQUEST}-7")["body"] == "\N{REPLACEMENT CHARACTER}{not json"
    assert "wrong_type" in run("rejected", "show", f"{REQUEST}-3").stdout


@pytest.mark.parametrize("typed_id", ["e3", "{request}-3"])
def test_a_rejected_event_is_found_by_the_message_id_that_its_sender_was_answered(
    refused: None, typed_id: str
) -> None:
    typed_id = typed_id.format(request=REQUEST)
    assert printed("rejected", "show", typed_id)["id"] == f"{REQUEST}-3"
    assert f"{REQUEST}-3, message id e3" in run("rejected", "show", typed_id).stdout


@pytest.mark.parametrize("cut", [13, 30, 36])
def test_what_several_rejected_events_begin_with_names_them_all(refused: None, cut: int) -> None:
    result = run("rejected", "show", REQUEST[:cut])

    assert isinstance(result.exception, Problem)
    assert str(result.exception) == f"3 rejected events have an id that begins with {REQUEST[:cut]}"
    for index in (3, 5, 7):
        assert f"{REQUEST}-{index}  " in result.exception.advice
    assert "(message id e3)" in result.exception.advice


@pytest.mark.parametrize("unknown", ["{request}-4", "nonsense", "", "a-b"])
def test_showing_what_is_not_there_is_a_problem(refused: None, unknown: str) -> None:
    result = run("rejected", "show", unknown.format(request=REQUEST))

    assert result.exit_code != 0
    assert "no rejected event" in str(result.exception)


@pytest.mark.parametrize(
    "arguments",
    [
        ("messages", "--since", "2099-01-01"),
        ("messages", "--user", "nobody"),
        ("timeline", "nobody"),
        ("rejected", "list", "--since", "2099-01-01"),
    ],
)
def test_an_empty_list_is_empty_json(arguments: tuple[str, ...]) -> None:
    assert printed(*arguments) == []
    assert run(*arguments).exit_code == 0
