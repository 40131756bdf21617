"""A folder of files becomes a workspace."""

from shared.authoring.compiling import compile_folder
from shared.workspace.model import PropertyDefinition
from tests.unit.conftest import WriteFiles


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


def test_two_compilations_of_one_folder_are_equal(folder: WriteFiles) -> None:
    directory = folder(plan_yaml="catalogues: [media, banking]")

    assert compile_folder(directory).workspace == compile_folder(directory).workspace
