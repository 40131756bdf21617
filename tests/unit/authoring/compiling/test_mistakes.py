from pathlib import Path

import pytest

from shared.authoring.compiling import compile_folder
from shared.authoring.findings import Finding
from shared.authoring.lint import lint
from shared.workspace.model import PropertyDefinition
from tests.unit.conftest import WriteFiles


def findings(directory: Path) -> list[Finding]:
    return compile_folder(directory).findings


def only(directory: Path) -> Finding:
    found = findings(directory)
    assert len(found) == 1, found
    return found[0]


def where(directory: Path, finding: Finding) -> str:
    return f"{Path(finding.place.file).relative_to(directory)}:{finding.place.line}"


def test_every_kind_of_file_becomes_its_part_of_the_workspace(folder: WriteFiles) -> None:
    directory = folder(
        {
            "workspace.yaml": """
                name: music
                settings:
                  session_idle_seconds: 60
                  email: {sender: Music <hi@music.example>}
                  webhooks:
                    crm: {url: "https://crm.example/hook"}
                """,
            "sources.yaml": """
                sources:
                  app: {trust: browser, policy: strict, origins: [https://music.example]}
                """,
            "plan.yaml": """
                events:
                  Play Song:
                    name: Ein Lied hören
                    properties:
                      length: {type: number, required: true, minimum: 0}
                """,
            "campaigns.yaml": """
                campaigns:
                  long-song:
                    event: Play Song
                    where: {property: length, more_than: 600}
                    channel: email
                    template: long-song
                """,
            "templates.yaml": """
                templates:
                  long-song: {channel: email, subject: Patience, text: "{{ properties.length }} seconds"}
                """,
        }
    )

    compiled = compile_folder(directory)

    workspace = compiled.workspace
    assert compiled.findings == []
    assert (workspace.name, workspace.settings.session_idle_seconds) == ("music", 60)
    assert workspace.settings.webhooks["crm"].url == "https://crm.example/hook"
    assert (workspace.sources[0].id, workspace.sources[0].name, workspace.sources[0].policy) == (
        "app",
        "app",
        "strict",
    )
    assert workspace.definition_by_id["Play Song"].name == "Ein Lied hören"
    assert workspace.definition_by_id["Play Song"].properties["length"] == PropertyDefinition(
        type="number", required=True, minimum=0
    )
    assert workspace.campaigns[0].where == {"property": "length", "more_than": 600}
    assert workspace.templates[0].parts == {"subject": "Patience", "text": "{{ properties.length }} seconds"}


def test_files_in_folders_are_read_together(folder: WriteFiles) -> None:
    directory = folder({"plan.yaml": "events: {A: {name: A}}", "plan/b.yaml": "events: {B: {name: B}}"})

    assert list(compile_folder(directory).workspace.definition_by_id) == ["A", "B"]


def test_text_in_a_file_beside_the_template_is_read(folder: WriteFiles) -> None:
    directory = folder(
        {
            "templates/t.yaml": "templates: {w: {channel: sms, text_file: texts/w.liquid}}",
            "templates/texts/w.liquid": "Hello\n",
        }
    )

    assert compile_folder(directory).workspace.templates[0].parts == {"text": "Hello\n"}


@pytest.mark.parametrize(
    ("named", "words"), [("../../etc/passwd", "outside of the workspace"), ("gone.txt", "does not exist")]
)
def test_a_text_file_elsewhere_or_nowhere_is_refused(folder: WriteFiles, named: str, words: str) -> None:
    directory = folder({"templates.yaml": f"templates:\n  w:\n    channel: sms\n    text_file: {named}\n"})

    finding = only(directory)
    assert where(directory, finding) == "templates.yaml:4"
    assert words in finding.message


def test_a_catalogue_is_included(folder: WriteFiles) -> None:
    workspace = compile_folder(folder(plan_yaml="catalogues: [ecommerce]")).workspace

    assert workspace.definition_by_id["Complete Purchase"].properties["amount"].required


def test_an_own_definition_replaces_a_catalogues_whole(folder: WriteFiles) -> None:
    compiled = compile_folder(
        folder(
            plan_yaml="""
            catalogues: [ecommerce]
            events:
              Search:
                name: Suche
                properties: {term: {type: string}}
            """
        )
    )

    definition = compiled.workspace.definition_by_id["Search"]
    assert (definition.name, list(definition.properties)) == ("Suche", ["term"])
    assert "Search" not in compiled.borrowed
    assert compiled.place("events", "Search").line == 4


def test_an_event_of_two_catalogues_has_the_properties_of_both(folder: WriteFiles) -> None:
    workspace = compile_folder(folder(plan_yaml="catalogues: [delivery, ecommerce]")).workspace

    assert {"restaurant_id", "item_count", "items"} <= set(
        workspace.definition_by_id["Start Checkout"].properties
    )


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


def test_two_compilations_of_one_folder_are_equal(folder: WriteFiles) -> None:
    directory = folder(plan_yaml="catalogues: [media, banking]")

    assert compile_folder(directory).workspace == compile_folder(directory).workspace
