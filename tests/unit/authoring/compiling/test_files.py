"""Files that are not read, are not text, or are not there."""

from pathlib import Path

import pytest

from shared.authoring.compiling import compile_folder
from shared.authoring.lint import lint
from tests.unit.authoring.compiling.findings import findings, only, where
from tests.unit.conftest import WriteFiles


@pytest.mark.parametrize(
    ("named", "words"), [("../../etc/passwd", "outside of the workspace"), ("gone.txt", "does not exist")]
)
def test_a_text_file_elsewhere_or_nowhere_is_refused(folder: WriteFiles, named: str, words: str) -> None:
    directory = folder({"templates.yaml": f"templates:\n  w:\n    channel: sms\n    text_file: {named}\n"})

    finding = only(directory)
    assert where(directory, finding) == "templates.yaml:4"
    assert words in finding.message


def test_a_folder_without_workspace_yaml_says_so(tmp_path: Path) -> None:
    assert "there is no such file" in only(tmp_path).message


@pytest.mark.parametrize(
    ("name", "severity", "advice"),
    [
        ("plan.yml", "error", "Rename it to FOLDER/plan.yaml, or remove it."),
        ("plan.YAML", "error", "Rename it to FOLDER/plan.yaml, or remove it."),
        ("plan/plan.yml", "error", "Rename it to FOLDER/plan/plan.yaml, or remove it."),
        ("templates/mine.yml", "error", "Rename it to FOLDER/templates/mine.yaml, or remove it."),
        ("plan/music/a.yaml", "warning", "Move it up into plan/."),
        ("plan/music/plan.yml", "warning", "Move it up into plan/."),
        ("plans/music.yaml", "warning", "Did you mean plan/music.yaml?"),
        ("campaign.yaml", "warning", "Did you mean campaigns.yaml?"),
        ("workspaces/music.yaml", "warning", "Files are workspace.yaml, "),
        ("extra.yaml", "warning", "Files are workspace.yaml, "),
        ("extra.yml", "warning", "Files are workspace.yaml, "),
    ],
)
def test_a_yaml_file_that_is_not_read_is_not_missed_in_silence(
    folder: WriteFiles, name: str, severity: str, advice: str
) -> None:
    directory = folder({name: "events: {}"})

    finding = only(directory)
    assert (finding.rule, finding.severity, where(directory, finding)) == (
        "unknown-file",
        severity,
        f"{name}:1",
    )
    assert finding.advice.replace(str(directory), "FOLDER").startswith(advice)


def test_a_workspace_file_of_the_wrong_ending_is_not_said_to_be_missing_too(folder: WriteFiles) -> None:
    directory = folder({"workspace.yml": "name: x"})
    (directory / "workspace.yaml").unlink()

    assert where(directory, only(directory)) == "workspace.yml:1"


def test_the_events_in_a_file_of_the_wrong_ending_are_not_called_unknown(folder: WriteFiles) -> None:
    directory = folder(
        {
            "plan/plan.yml": "events: {Customer Registered: {name: R}}",
            "campaigns.yaml": "campaigns:\n  c: {event: Customer Registered, channel: sms, template: t}\n",
            "templates.yml": "templates: {t: {channel: sms, text: Hello}}",
            "workspace.yaml": "name: x\nsettings: {sms: {allowed_prefixes: ['+1']}}\n",
        }
    )

    assert [finding.rule for finding in lint(directory)] == ["unknown-file", "unknown-file"]


def test_hidden_files_are_nobodys_business(folder: WriteFiles) -> None:
    assert findings(folder({".github/x.yaml": "a: 1", ".draft.yaml": "a: 1"})) == []


def test_a_file_that_is_not_utf8_is_shown_where(folder: WriteFiles) -> None:
    directory = folder()
    (directory / "plan.yaml").write_bytes(b"events:\n  A: {name: \xff}\n")

    finding = only(directory)
    assert (finding.message, where(directory, finding)) == ("not UTF-8 text", "plan.yaml:2")


def test_broken_yaml_in_one_file_leaves_the_others_read(folder: WriteFiles) -> None:
    directory = folder(plan_yaml="events: [", sources_yaml="sources: {a: {trust: server}}")

    compiled = compile_folder(directory)
    assert [finding.rule for finding in compiled.findings] == ["yaml"]
    assert compiled.is_doubtful("events", "Play Song")
    assert not compiled.is_doubtful("sources", "b")
    assert [source.id for source in compiled.workspace.sources] == ["a"]
