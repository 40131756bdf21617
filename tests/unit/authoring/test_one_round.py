"""What breaks the schema hides nothing else: one round of lint finds mistakes of schema and of meaning."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.authoring.lint import checked
from tests.unit.conftest import WriteFiles

WORKSPACE = """name: shop
settings:
  email: {sender: hi@shop.example}
  sms: {allowed_prefixes: ["+1"]}
  webhooks:
    crm: {url: "https://crm.example/hook"}
"""
PLAN = """events:
  Play Song:
    properties:
      title: {type: string, required: true}
      genre: {type: string}
  Buy Song:
    properties:
      price: {type: number}
"""
TEMPLATES = """templates:
  note: {channel: sms, text: Hello}
  mail: {channel: email, subject: A, text: B}
  call: {channel: webhook, body: "{}"}
"""
CAMPAIGNS = """campaigns:
  c: {event: Play Song, channel: sms, template: note}
"""
CALL = "campaigns:\n  a: {event: Play Song, channel: webhook, webhook: crm, template: call}\n"
FILES = {
    "workspace.yaml": WORKSPACE,
    "plan.yaml": PLAN,
    "templates.yaml": TEMPLATES,
    "campaigns.yaml": CAMPAIGNS,
}


def found(directory: Path) -> list[str]:
    return sorted(
        f"{Path(finding.place.file).name}:{finding.place.line} {finding.rule}"
        for finding in checked(directory).findings
    )


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {
                "plan.yaml": PLAN.replace("type: number", "type: nmuber"),
                "campaigns.yaml": CAMPAIGNS.replace("template: note", "template: nope"),
            },
            ["campaigns.yaml:2 unknown-template", "plan.yaml:8 schema"],
        ),
        (
            {
                "campaigns.yaml": "campaigns:\n"
                "  a: {event: Play Sonk, chanel: sms, template: note}\n"
                "  b: {event: Play Song, channel: sms, template: note, where: {property: genre, at_least: 1}}\n"
            },
            [
                "campaigns.yaml:2 schema",
                "campaigns.yaml:2 schema",
                "campaigns.yaml:2 unknown-event",
                "campaigns.yaml:3 never-holds",
            ],
        ),
        (
            {
                "workspace.yaml": WORKSPACE.replace("name: shop\n", "").replace("crm: {", "erp: {"),
                "templates.yaml": TEMPLATES.replace('"{}"', '"{{ x | jsn }}"'),
                "campaigns.yaml": CALL,
            },
            [
                "campaigns.yaml:2 unknown-webhook",
                "templates.yaml:4 template",
                "templates.yaml:4 template",
                "workspace.yaml:1 schema",
            ],
        ),
        (
            {
                "templates.yaml": TEMPLATES.replace("text: Hello", "text_file: gone.txt"),
                "campaigns.yaml": "campaigns:\n"
                "  a: {event: Play Song, channel: sms, template: note}\n"
                "  b: {event: Play Song, channel: email, template: note2}\n",
            },
            ["campaigns.yaml:3 unknown-template", "templates.yaml:2 schema"],
        ),
        (
            {
                "sources.yaml": "sources:\n  a: {trust: server, origins: ['https://a.example']}\n"
                "  b: {trust: browser, key_pair: true}\n  C: {trust: server}\n"
            },
            ["sources.yaml:2 schema", "sources.yaml:3 schema", "sources.yaml:4 schema"],
        ),
    ],
    ids=["two files", "one campaign", "workspace without name", "missing text", "three sources"],
)
def test_mistakes_of_schema_and_of_meaning_come_together(
    folder: WriteFiles, files: dict[str, str], expected: list[str]
) -> None:
    assert found(folder({**FILES, **files})) == expected


@pytest.mark.parametrize(
    ("files", "only"),
    [
        ({"plan.yaml": PLAN.replace("Play Song:", "Play Song: x\n  Other:")}, "plan.yaml:2 schema"),
        ({"plan.yaml": PLAN.replace("events:", "evnets:")}, "plan.yaml:1 schema"),
        ({"plan.yaml": "events: ["}, "plan.yaml:1 yaml"),
        ({"plan.yaml": "catalogues: [ecomerce]"}, "plan.yaml:1 schema"),
        (
            {
                "plan.yaml": PLAN.replace("properties:\n      title", "propertys:\n      title"),
                "campaigns.yaml": CAMPAIGNS.replace("}", ", where: {property: genre, is: rock}}"),
            },
            "plan.yaml:3 schema",
        ),
        (
            {"plan.yaml": PLAN.replace("genre: {type: string", "genre: {type: text"), "campaigns.yaml":
             CAMPAIGNS.replace("}", ", where: {property: genre, is: rock}}")},
            "plan.yaml:5 schema",
        ),
        ({"templates.yaml": TEMPLATES.replace("channel: sms", "channel: smss")}, "templates.yaml:2 schema"),
        ({"workspace.yaml": WORKSPACE.replace('["+1"]', "[1]")}, "workspace.yaml:4 schema"),
        (
            {"plan.yaml": PLAN.replace("genre: {type: string", "price: {type: money")},
            "plan.yaml:5 schema",
        ),
        ({"workspace.yaml": "name: [\n"}, "workspace.yaml:2 yaml"),
        (
            {
                "workspace.yaml": WORKSPACE.replace("https://crm.example/hook", "ftp://crm.example"),
                "campaigns.yaml": CALL,
            },
            "workspace.yaml:6 schema",
        ),
    ],
)  # fmt: skip
def test_what_could_not_be_read_is_not_called_unknown(
    folder: WriteFiles, files: dict[str, str], only: str
) -> None:
    assert found(folder({**FILES, **files})) == [only]


def test_a_folder_without_the_workspace_file_says_that_alone(folder: WriteFiles) -> None:
    directory = folder(FILES)
    (directory / "workspace.yaml").unlink()

    assert found(directory) == ["workspace.yaml:1 schema"]
