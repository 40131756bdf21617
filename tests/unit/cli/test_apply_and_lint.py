"""The commands around a workspace folder, with the real adapters on moto."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import orjson
import pytest
from typer.testing import CliRunner, Result

from cli import sender_identity
from cli.applying.apply import apply_workspace
from cli.commands import apply, keys, lint, schema
from cli.problem import Problem
from cli.stacks import Stack
from shared.authoring.files.json_schema import schemas
from shared.failures import Unavailable
from tests.fakes.pretended_aws import pretended_aws

SHOP = Path(__file__).parents[3] / "examples" / "shop"


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    with pretended_aws(monkeypatch):
        boto3.client("s3").create_bucket(Bucket="bucket")
        boto3.client("dynamodb").create_table(
            TableName="workspace",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        secret = boto3.client("secretsmanager").create_secret(
            Name="headrace", SecretString='{"default_write_key": "hr_default"}'
        )
        outgoing = boto3.client("secretsmanager").create_secret(
            Name="outgoing", SecretString='{"webhooks": {}, "tees": {}}'
        )
        outputs = {
            "WorkspaceTable": "workspace",
            "WorkspaceBucket": "bucket",
            "SecretArn": secret["ARN"],
            "OutgoingSecretArn": outgoing["ARN"],
        }
        made = Stack("local", "http://127.0.0.1:1", outputs)
        monkeypatch.setattr(Stack, "load", lambda _stage=None: made)
        yield made


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A copy of the sample that a test may change."""
    for path in SHOP.rglob("*.*"):
        target = tmp_path / "shop" / path.relative_to(SHOP)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    return tmp_path / "shop"


def run(command: Any, *arguments: object) -> Result:
    return CliRunner().invoke(command.app, [str(argument) for argument in arguments])


def json_of(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return orjson.loads(result.stdout)


def test_up_gets_a_version_and_a_key_for_each_source(stack: Stack) -> None:
    applied = apply_workspace(SHOP, None)

    assert (applied.version, applied.changed) == (1, True)
    assert set(applied.write_keys) == {"strict", "lenient", "browser"}
    assert apply_workspace(SHOP, None).write_keys == applied.write_keys


def test_the_difference_is_shown_and_applied(stack: Stack, shop: Path) -> None:
    run(apply, shop)
    campaigns = shop / "campaigns" / "campaigns.yaml"
    campaigns.write_text(campaigns.read_text().replace("at_least: 1000", "at_least: 500"))

    said = run(apply, shop).output
    assert "~ campaign big-order changed" in said
    assert "500" in said
    assert "Applied as version 2" in said


def test_the_same_again_is_nothing_to_change(stack: Stack) -> None:
    run(apply, SHOP)
    again = run(apply, SHOP)

    assert (again.exit_code, "Nothing to change: version 1" in again.output) == (0, True)
    assert json_of(run(apply, SHOP, "--json")) == {
        "version": 1,
        "changed": False,
        "changes": [],
        "warnings": [],
    }


def test_a_dry_run_changes_nothing(stack: Stack) -> None:
    said = json_of(run(apply, SHOP, "--dry-run", "--json"))

    assert (said["version"], said["changed"]) == (0, True)
    assert {"kind": "source", "id": "default", "what": "removed", "details": []} in said["changes"]
    assert json_of(run(keys, "--json")) == [
        {"source": "default", "trust": "server", "policy": "lenient", "write_key": "hr_default"}
    ]


def test_what_cannot_work_is_not_applied(stack: Stack, shop: Path) -> None:
    (shop / "templates" / "templates.yaml").write_text("templates: {}")

    with pytest.raises(Problem, match="unknown-template"):
        apply_workspace(shop, None)
    assert json_of(run(keys, "--json"))[0]["source"] == "default"


def test_a_name_that_is_only_unwise_is_applied(stack: Stack, shop: Path) -> None:
    (shop / "plan" / "more.yaml").write_text(
        "events: {Song Played: {properties: {SongName: {type: string}}}}"
    )

    assert apply_workspace(shop, None).version == 1


MISSPELT = "Thank you{{ properties.starz | default: '!' }}"


@pytest.fixture
def misspelt(shop: Path) -> Path:
    """A shop whose template uses, with a default, a property that its event lacks."""
    (shop / "campaigns" / "more.yaml").write_text(
        "campaigns:\n  thanks: {event: Rate Shop, channel: sms, template: thanks}\n"
    )
    (shop / "plan" / "more.yaml").write_text(
        "events:\n  Rate Shop: {name: Rate shop, properties: {stars: {type: integer}}}\n"
    )
    (shop / "templates" / "more.yaml").write_text(
        f'templates:\n  thanks: {{channel: sms, text: "{MISSPELT}"}}\n'
    )
    return shop


@pytest.mark.parametrize("again", [False, True], ids=["applied", "nothing to change"])
def test_apply_says_what_lint_warns_of_with_what_was_meant(stack: Stack, misspelt: Path, again: bool) -> None:
    if again:
        run(apply, misspelt)

    result = run(apply, misspelt)
    assert result.exit_code == 0
    said = result.output.splitlines()
    [at] = [line for line, text in enumerate(said) if "warning unknown-property" in text]
    assert said[at].startswith(f"{misspelt}/templates/more.yaml:2: ")
    assert said[at + 1].strip() == "Did you mean `properties.stars`?"


def test_apply_has_lints_warnings_in_its_json(stack: Stack, misspelt: Path) -> None:
    linted = json_of(run(lint, misspelt, "--json"))

    assert [finding["rule"] for finding in linted] == ["unknown-property"]
    assert json_of(run(apply, misspelt, "--json"))["warnings"] == linted


def test_what_apply_refuses_says_what_was_meant(stack: Stack, shop: Path) -> None:
    (shop / "campaigns" / "more.yaml").write_text(
        "campaigns:\n  thanks: {event: Complet Purchase, channel: sms, template: big-order}\n"
    )

    with pytest.raises(Problem) as refused:
        apply_workspace(shop, None)
    said = str(refused.value).splitlines()
    [at] = [line for line, text in enumerate(said) if "unknown-event" in text]
    assert said[at + 1].strip() == "Did you mean `Complete Purchase`?"


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_on_aws_somebody_has_to_say_yes(stack: Stack, arguments: tuple[str, ...]) -> None:
    asked = run(apply, SHOP, "--stage", "prod", *arguments)

    assert isinstance(asked.exception, Problem)
    assert json_of(run(apply, SHOP, "--stage", "prod", "--yes", "--json"))["version"] == 1


def test_on_aws_a_sender_that_ses_does_not_know_is_said_and_stops_nothing(stack: Stack) -> None:
    said = run(apply, SHOP, "--stage", "prod", "--yes").output
    assert "warning sender-not-verified: SES does not know hello@shop.example or its domain" in said
    assert "`email_identity: shop.example` in headrace.yaml" in " ".join(said.split())
    assert "Applied as version 1" in said

    answer = json_of(run(apply, SHOP, "--stage", "prod", "--dry-run", "--json"))
    assert [warning["message"] for warning in answer["warnings"]] == [
        "SES does not know hello@shop.example or its domain"
    ]


def test_on_aws_a_sender_whose_dns_is_missing_says_so(stack: Stack) -> None:
    boto3.client("sesv2").create_email_identity(EmailIdentity="shop.example")

    [warning] = json_of(run(apply, SHOP, "--stage", "prod", "--yes", "--json"))["warnings"]
    assert warning["message"] == "SES has not verified hello@shop.example yet"
    assert "DNS records (DKIM)" in warning["advice"]


def test_on_aws_a_sender_that_is_verified_is_no_matter(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender_identity, "is_verified", lambda address: address == "hello@shop.example")

    assert json_of(run(apply, SHOP, "--stage", "prod", "--yes", "--json"))["warnings"] == []


def test_on_the_laptop_no_sender_is_looked_for(stack: Stack) -> None:
    assert json_of(run(apply, SHOP, "--json"))["warnings"] == []


def test_whoever_may_not_look_is_told_so(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_address: str) -> bool:
        raise Unavailable("not authorized to perform: ses:GetEmailIdentity")

    monkeypatch.setattr(sender_identity, "is_verified", refused)

    [warning] = json_of(run(apply, SHOP, "--stage", "prod", "--yes", "--json"))["warnings"]
    assert ": not authorized" in warning["message"]


def test_lint_looks_at_the_sender_of_a_stage(stack: Stack) -> None:
    place = json_of(run(lint, SHOP, "--json"))
    looked = json_of(run(lint, SHOP, "--stage", "prod", "--json"))

    [found] = [finding for finding in looked if finding not in place]
    assert (found["rule"], found["severity"]) == ("sender-not-verified", "warning")
    assert found["file"].endswith("workspace.yaml")
    line = (SHOP / "workspace.yaml").read_text().splitlines()[found["line"] - 1]
    assert "sender" in line


def test_keys_show_identity_secrets_only_when_asked(stack: Stack) -> None:
    applied = apply_workspace(SHOP, None)
    rows = json_of(run(keys, "--json"))
    with_secrets = json_of(run(keys, "--identity", "--json"))

    assert {row["source"]: row["write_key"] for row in rows} == applied.write_keys
    assert all("identity_secret" not in row for row in rows)
    assert all(len(row["identity_secret"]) == 64 for row in with_secrets)
    assert applied.write_keys["strict"] in run(keys).output


def test_keys_are_not_in_what_apply_prints(stack: Stack) -> None:
    said = run(apply, SHOP).output
    written = apply_workspace(SHOP, None).write_keys

    assert [key for key in written.values() if key in said] == []


def test_a_folder_that_is_not_there_is_a_problem(stack: Stack, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="no folder"):
        apply_workspace(tmp_path / "gone", None)


def test_lint_is_content_with_the_sample() -> None:
    result = run(lint, SHOP)

    assert (result.exit_code, "0 errors, 0 warnings" in result.output) == (0, True)


def test_the_folder_is_the_one_we_are_in(stack: Stack, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop)
    (shop / "plan" / "more.yaml").write_text("events:\n  A: {}\n")

    assert "0 errors, 1 warning in ." in run(lint).output
    assert "plan/more.yaml:2: warning display-name" in run(lint).output
    assert "Applied as version 1" in run(apply).output


def test_lint_fails_on_errors_and_names_file_and_line(shop: Path) -> None:
    (shop / "plan" / "more.yaml").write_text(
        "events:\n  A:\n    name: A\n    properties:\n      Big: {type: string}\n"
    )
    result = run(lint, shop)

    assert result.exit_code == 1
    assert f"{shop}/plan/more.yaml:5: error property-start" in result.output


def test_lint_fails_on_warnings_only_when_strict(shop: Path) -> None:
    (shop / "plan" / "more.yaml").write_text("events:\n  A: {}\n")

    assert (run(lint, shop).exit_code, run(lint, shop, "--strict").exit_code) == (0, 1)


def test_lint_prints_json_and_nothing_else(shop: Path) -> None:
    (shop / "plan" / "more.yaml").write_text("events:\n  Song Played: {name: '[x]'}\n")
    [finding] = json_of(run(lint, shop, "--json"))

    assert (finding["rule"], finding["severity"], finding["line"]) == ("event-form", "warning", 2)
    assert finding["file"] == f"{shop}/plan/more.yaml"
    assert [set(place) for place in finding["related"]] == [{"file", "line"}]


def test_brackets_in_names_are_shown_as_they_are(shop: Path) -> None:
    (shop / "plan" / "more.yaml").write_text('events:\n  "Rate [bold]Song": {}\n')

    assert "Rate [bold]Song" in run(lint, shop).output


def test_schemas_are_written_where_asked(tmp_path: Path) -> None:
    run(schema, tmp_path / "deep" / "schemas")

    assert {path.stem for path in (tmp_path / "deep" / "schemas").iterdir()} == set(schemas())
