"""`headrace init` makes workspaces that lint has nothing against, and never touches what is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.checkout import ROOT
from cli.main import typed
from cli.problem import Problem
from cli.starting import choices as starting
from cli.starting.industries import INDUSTRIES
from shared.authoring.catalogues import catalogue, events
from shared.authoring.checks.rendering import working_values
from shared.authoring.compiling import compile_folder
from shared.authoring.findings import Finding, Place
from shared.authoring.lint import lint
from shared.messaging.channels import CHANNELS
from shared.plan.reasons import Code
from shared.plan.tracking_plan import Plan
from shared.templates import render
from shared.text.email_addresses import sender as as_sender
from shared.workspace.model import Workspace

EVERYTHING = ",".join(CHANNELS)


def init(directory: Path, *more: str, answers: str | None = None) -> Result:
    return CliRunner().invoke(typed, ["init", str(directory), *more], input=answers)


def made(directory: Path, *more: str) -> Workspace:
    result = init(directory, "--yes", *more)
    assert result.exit_code == 0, result.output
    return compile_folder(directory).workspace


@pytest.mark.parametrize("channels", [EVERYTHING, *CHANNELS, "push,webhook"])
@pytest.mark.parametrize("industry", INDUSTRIES)
def test_what_it_makes_has_no_finding_and_a_campaign_per_channel(
    tmp_path: Path, industry: str, channels: str
) -> None:
    workspace = made(tmp_path / "my-shop", "--industry", industry, "--channels", channels)

    assert lint(tmp_path / "my-shop") == []
    assert sorted(one.channel for one in workspace.campaigns) == sorted(channels.split(","))
    assert set(events(catalogue(industry))) < set(workspace.definition_by_id)


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_every_template_can_be_sent(tmp_path: Path, industry: str) -> None:
    workspace = made(tmp_path / "w", "--industry", industry, "--channels", EVERYTHING)

    for campaign in workspace.campaigns:
        template = workspace.template_by_id[campaign.template]
        values = working_values(template, workspace.definition_by_id[campaign.event])
        assert isinstance(values, dict)
        assert all(render.render(template, values).values())


@pytest.mark.parametrize("industry", INDUSTRIES.values(), ids=lambda one: one.catalogue)
def test_the_event_of_ones_own_is_checked_as_the_readme_says(tmp_path: Path, industry: object) -> None:
    own = industry.own_event  # type: ignore[attr-defined]
    workspace = made(tmp_path / "w", "--industry", industry.catalogue)  # type: ignore[attr-defined]
    most = int(workspace.definition_by_id[own.id].properties[own.score].maximum or 0)
    plan = Plan(workspace)

    for score, broken in ((most, 0), (most + 1, 1)):
        _, reasons = plan.check(own.id, "track", {own.subject: "i1", own.score: score}, "strict")
        assert len(reasons) == broken
    readme = (tmp_path / "w" / "README.md").read_text()
    assert f'headrace send "{own.id}" --user u1 -p {own.subject}=i1 -p {own.score}={most}' in readme


@pytest.mark.parametrize(
    "name",
    ["Ann's & <Co>: #1", "true", "1", 'Bücher "Süd"', "- x", "a" * 200, "!x", "*", "日本"],
)
def test_any_name_is_written_so_that_it_is_read_again(tmp_path: Path, name: str) -> None:
    assert made(tmp_path / "w", "--name", name).name == name
    assert lint(tmp_path / "w") == []


def test_the_name_is_the_folders_unless_given(tmp_path: Path) -> None:
    workspace = made(tmp_path / "my-music_shop")

    assert workspace.name == "My Music Shop"
    assert workspace.settings.email.sender == "My Music Shop <hello@my-music-shop.example>"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Crumb & Co", "Crumb & Co"),
        ("Bücher Süd", "Bücher Süd"),
        ("Ann's & <Co>: #1", "Ann's & Co: #1"),
        ('The "Best"  \\ Shop', "The Best Shop"),
        ("日本", "日本"),
        ("<>", "Hello"),
    ],
)
def test_mail_comes_from_the_workspaces_name(tmp_path: Path, name: str, shown: str) -> None:
    sender = made(tmp_path / "w", "--name", name).settings.email.sender

    assert sender is not None
    assert sender.partition(" <hello@")[0] == shown
    assert as_sender(sender) is not None
    assert lint(tmp_path / "w") == []


def test_sources_have_the_trust_their_names_say_servers_first(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", "--sources", "web,app,backend kiosk=browser,tv=server")

    assert [(one.id, one.trust, one.policy) for one in workspace.sources] == [
        ("backend", "server", "strict"),
        ("tv", "server", "strict"),
        ("web", "browser", "strict"),
        ("app", "browser", "strict"),
        ("kiosk", "browser", "strict"),
    ]


def test_a_misspelt_event_of_any_source_is_refused_and_not_lost(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w")
    plan = Plan(workspace)

    for source in workspace.sources:
        _, reasons = plan.check("Complete Purchse", "track", {}, source.policy)
        assert [reason.code for reason in reasons if reason.observation is None] == [Code.UNKNOWN_EVENT]
    text = (tmp_path / "w" / "sources.yaml").read_text(encoding="utf-8")
    assert "`headrace rejected list`" in text
    assert "`headrace plan`" in text


@pytest.mark.parametrize(
    ("typed_name", "name"), [("commerce", "ecommerce"), ("Finance", "banking"), ("saas", "saas")]
)
def test_an_industry_goes_by_other_names_too(tmp_path: Path, typed_name: str, name: str) -> None:
    made(tmp_path / "w", "--industry", typed_name)

    assert f"catalogues: [{name}]" in (tmp_path / "w" / "plan" / "plan.yaml").read_text()


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--industry", "fishing", "no catalogue"),
        ("--channels", "fax", "no channel “fax”"),
        ("--channels", "", "no channel"),
        ("--sources", "", "needs a source"),
        ("--sources", "Näme", "is not a source"),
        ("--sources", "a=public", "is not a source"),
        ("--sources", "headrace-doctor", "Headrace's own sources"),
        ("--sources", "server,headrace", "Headrace's own sources"),
        ("--sources", "123", "not text in YAML"),
        ("--sources", "web,1e5", "not text in YAML"),
        ("--sources", "null", "not text in YAML"),
        ("--sources", "true", "not text in YAML"),
        ("--name", " ", "needs a name"),
        ("--name", "{{ x }}", "needs a name"),
        ("--sender", "nobody", "not an address"),
    ],
)
def test_what_it_does_not_know_is_a_problem_and_writes_nothing(
    tmp_path: Path, option: str, value: str, words: str
) -> None:
    result = init(tmp_path / "w", "--yes", option, value)

    assert isinstance(result.exception, Problem)
    assert words in str(result.exception)
    assert not (tmp_path / "w").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    made(tmp_path / "w")
    (tmp_path / "w" / "workspace.yaml").write_text("name: mine\n")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    again = init(tmp_path / "w", "--yes")

    assert isinstance(again.exception, Problem)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_folder_with_nothing_but_hidden_files_is_taken(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()

    made(tmp_path)

    assert (tmp_path / "workspace.yaml").is_file()


def test_a_file_in_its_place_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "w").write_text("")

    assert "is a file" in str(init(tmp_path / "w", "--yes").exception)


def test_without_anybody_to_ask_it_asks_for_yes(tmp_path: Path) -> None:
    result = init(tmp_path / "w", "--industry", "media")

    assert isinstance(result.exception, Problem)
    assert "--yes" in result.exception.advice
    assert not (tmp_path / "w").exists()


def test_on_a_terminal_it_asks_for_what_was_not_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.commands.init._somebody_is_there", lambda: True)

    result = init(tmp_path / "w", "--industry", "games", answers="Tower\n\nsms,push\n")

    assert result.exit_code == 0, result.output
    workspace = compile_folder(tmp_path / "w").workspace
    assert (workspace.name, sorted(one.channel for one in workspace.campaigns)) == ("Tower", ["push", "sms"])
    assert "Whose events" not in result.output


def test_an_answer_that_cannot_be_used_is_asked_again_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.commands.init._somebody_is_there", lambda: True)

    answers = "{x\nTower\ngamse\nfish\ngames\nWEB!\nserver\nemial\nemail\n"
    result = init(tmp_path / "w", answers=answers)

    assert result.exit_code == 0, result.output
    said = [
        "A workspace needs a name of up to 200 characters, without braces.",
        "There is no catalogue for “gamse”. Did you mean games?",
        "There is no catalogue for “fish”. There are: ",
        "“web!” is not a source",
        "There is no channel “emial”. Did you mean email?",
    ]
    places = [result.output.index(words) for words in said]
    assert places == sorted(places)
    workspace = compile_folder(tmp_path / "w").workspace
    assert (workspace.name, [one.id for one in workspace.sources]) == ("Tower", ["server"])


@pytest.mark.parametrize(
    "given",
    [("--industry", "gamse"), ("--sources", "A!"), ("--channels", "fax"), ("--name", "{"), ("--sender", "x")],
)
def test_an_option_that_cannot_be_used_is_refused_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: tuple[str, str]
) -> None:
    monkeypatch.setattr("cli.commands.init._somebody_is_there", lambda: True)

    result = init(tmp_path / "w", *given)

    assert isinstance(result.exception, Problem)
    assert result.output == ""


def test_it_ends_with_the_next_commands(tmp_path: Path) -> None:
    output = init(tmp_path / "w", "--yes", "--industry", "banking").stdout

    assert [line.split()[1] for line in output.splitlines() if line.startswith("  headrace")] == [
        "apply",
        "send",
        "messages",
    ]
    assert 'send "Registered"' in output


def test_a_channel_whose_receivers_have_secrets_is_followed_by_how_to_set_one(tmp_path: Path) -> None:
    output = init(tmp_path / "w", "--yes", "--channels", "slack").stdout

    commands = [line.strip() for line in output.splitlines() if line.startswith("  headrace")]
    assert commands[1] == "headrace receivers set slack team"
    assert "headrace receivers set slack team" in (tmp_path / "w" / "README.md").read_text()
    assert compile_folder(tmp_path / "w").workspace.settings.receivers == {"slack": ("team",)}


def test_the_help_names_every_channel() -> None:
    help_ = " ".join(CliRunner().invoke(typed, ["init", "--help"], env={"COLUMNS": "200"}).stdout.split())

    assert ", ".join(starting.CHANNELS) in help_
    assert set(starting.CHANNELS) == set(CHANNELS)


def test_a_folder_with_a_space_is_quoted_in_the_next_command(tmp_path: Path) -> None:
    directory = tmp_path / "my shop"

    assert f"headrace apply '{directory}'" in init(directory, "--yes").stdout


def test_what_is_wrong_has_no_check_mark_and_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = Finding(Place("sources.yaml", 3), "broken", "error", "It is broken.")
    monkeypatch.setattr("cli.commands.init.lint", lambda _: [wrong])

    result = init(tmp_path / "w", "--yes")

    assert result.exit_code == 1
    assert "1 error," in result.stdout
    assert "✓" not in result.stdout
    assert "headrace apply" not in result.stdout


@pytest.mark.parametrize("name", ["2024-01-01", "1-2", "yes", "on", "7up"])
def test_an_id_that_yaml_reads_as_text_is_a_source(tmp_path: Path, name: str) -> None:
    assert [one.id for one in made(tmp_path / "w", "--sources", name).sources] == [name]


def test_the_page_about_a_first_workspace_says_how_many_files_there_are(tmp_path: Path) -> None:
    made(tmp_path / "w", "--industry", "ecommerce", "--channels", "email")

    page = " ".join((ROOT / "docs" / "first-workspace.md").read_text().split())
    assert len([path for path in (tmp_path / "w").rglob("*") if path.is_file()]) == 7
    assert "seven short files" in page


def test_inside_of_the_checkout_an_editor_is_told_where_the_schemas_are() -> None:
    directory = ROOT / "build" / "test-init"
    try:
        made(directory)
        first = (directory / "plan" / "plan.yaml").read_text().splitlines()[0]
        schema = first.partition("$schema=")[2]
        assert (directory / "plan" / schema).resolve() == ROOT / "docs" / "schemas" / "plan.json"
    finally:
        for path in sorted(directory.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        directory.rmdir()
