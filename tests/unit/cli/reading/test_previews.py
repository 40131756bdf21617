"""template preview for a stored person."""

from __future__ import annotations

import json
from pathlib import Path

from tests.unit.cli.reading.stack import printed, run


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
