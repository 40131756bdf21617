"""`headrace template preview`, run as it is typed: what comes of each template, and nothing made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner, Result

from cli.main import typed
from cli.problem import Problem

HTML = "<!doctype html>\n<p>Hi {{ traits.first_name }} &amp; co</p>\n"
FILES = {
    "workspace.yaml": "name: shop\nsettings: {email: {sender: a@x.example}, sms: {allowed_prefixes: ['+1']}}\n",
    "plan.yaml": """events:
  Registration:
    properties: {signup_source: {type: string, required: true}}
  View Book:
    properties: {title: {type: string, required: true}, signup_date: {type: date}}
""",
    "campaigns.yaml": """campaigns:
  a: {event: Registration, channel: email, template: welcome}
  b: {event: View Book, channel: sms, template: book}
""",
    "templates.yaml": """templates:
  welcome: {channel: email, subject: 'By {{ properties.signup_source }}', html_file: welcome.html}
  book: {channel: sms, text: 'Read {{ properties.title }}'}
  draft: {channel: sms, text: 'Hello {{ traits.first_name }}'}
""",
    "welcome.html": HTML,
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def preview(*arguments: object) -> Result:
    return CliRunner().invoke(typed, ["template", "preview", *map(str, arguments)])


def previews(*arguments: object) -> dict[str, Any]:
    return {one["template"]: one for one in orjson.loads(preview(*arguments, "--json").stdout)}


def change(shop: Path, old: str, new: str, file: str = "templates.yaml") -> None:
    text = (shop / file).read_text()
    assert old in text
    (shop / file).write_text(text.replace(old, new))


def test_a_misspelt_property_has_no_value_but_the_name_that_was_meant(shop: Path) -> None:
    change(shop, "signup_source", "sign_up_source")

    for how in ((), ("--text",), ("--html",), ("--json",)):
        result = preview(shop, *how)
        assert result.exit_code == 1, how
        assert (
            "`Registration` has no property `sign_up_source`; did you mean `signup_source`?" in result.output
        )
        assert "sample sign" not in result.output


def test_with_a_default_it_is_rendered_without_and_said(shop: Path) -> None:
    change(shop, "properties.signup_source", 'properties.sign_up_source | default: "?"')

    result = preview(shop, "--template", "welcome", "--text")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "By ?")
    assert "`Registration` has no property `sign_up_source`" in result.stderr


def test_each_template_has_its_outcome_in_its_place_and_one_that_fails_is_exit_code_1(shop: Path) -> None:
    change(shop, "signup_source", "nothing_like_it")

    result = preview(shop)
    places = [
        result.stdout.index(words)
        for words in ("welcome", "✗ subject: `Registration`", "Read sample", "Hello Ann")
    ]
    assert places == sorted(places)
    assert (result.exit_code, "1 of 3 templates fail." in result.stderr) == (1, True)
    found = previews(shop)
    assert [(one["parts"] is None, one["failure"] is None) for one in found.values()] == [
        (True, False),
        (False, True),
        (False, True),
    ]


def test_a_template_that_cannot_be_used_hides_no_other(shop: Path) -> None:
    change(shop, "{{ properties.title }}", "{{ properties.title | shout }}")

    found = previews(shop)
    assert "unknown filter `shout`" in found["book"]["failure"]
    assert found["draft"]["parts"] == {"text": "Hello Ann"}


def test_what_cannot_be_read_is_said_and_the_rest_is_shown(shop: Path) -> None:
    change(shop, "html_file: welcome.html", "html_file: gone.html")

    result = preview(shop, "--text")
    assert "Read sample title" in result.stdout
    assert isinstance(result.exception, Problem)
    assert "the file gone.html does not exist" in str(result.exception)


def test_for_an_event_the_templates_that_are_sent_for_others_are_left_out(shop: Path) -> None:
    assert list(previews(shop, "--event", "View Book")) == ["book", "draft"]
    assert "Not sent for View Book: welcome." in preview(shop, "--event", "View Book").stderr


def test_asked_for_by_name_it_is_shown_for_any_event_with_what_that_has(shop: Path) -> None:
    result = preview(shop, "--event", "View Book", "--template", "welcome")

    assert result.exit_code == 1
    assert "`View Book` has no property `signup_source`; it has `title`, `signup_date`" in result.stdout


def test_an_event_that_the_plan_lacks_says_what_was_meant(shop: Path) -> None:
    for event, advice in (
        ("View Bok", "Did you mean View Book?"),
        ("Nothing", "There are: Registration, View Book"),
    ):
        refused = preview(shop, "--event", event).exception
        assert isinstance(refused, Problem)
        assert refused.advice.startswith(advice)


def test_what_has_no_campaign_or_no_event_in_the_plan_says_so(shop: Path) -> None:
    change(shop, "event: View Book", "event: View Boook", "campaigns.yaml")
    found = previews(shop)

    assert found["draft"]["notes"] == ["no campaign sends it"]
    assert found["book"]["notes"] == ["the plan has no event `View Boook`"]


def test_html_is_the_html_and_nothing_else(shop: Path) -> None:
    result = preview(shop, "--template", "welcome", "--html")

    assert (result.exit_code, result.stdout) == (0, HTML.replace("{{ traits.first_name }}", "Ann") + "\n")


def test_of_several_each_html_is_named_by_a_comment(shop: Path) -> None:
    with (shop / "templates.yaml").open("a") as file:
        file.write("  bye: {channel: email, subject: Bye, html: <p>Bye</p>}\n")

    said = preview(shop, "--html").stdout
    assert said.startswith("<!-- welcome -->\n<!doctype html>")
    assert said.endswith("<!-- bye -->\n<p>Bye</p>\n")


def test_what_has_no_html_says_so(shop: Path) -> None:
    assert str(preview(shop, "--template", "book", "--html").exception) == "There is no HTML"


def test_the_text_of_one_template_stands_alone_and_of_several_each_below_its_name(shop: Path) -> None:
    assert preview(shop, "--template", "book", "--text").stdout == "Read sample title\n"
    assert preview(shop, "--text").stdout.splitlines() == [
        "── welcome, email, for Registration", "By sample signup source", "", "Hi Ann & co", "",
        "── book, sms, for View Book", "Read sample title", "",
        "── draft, sms, for Sample Event", "Hello Ann", "",
    ]  # fmt: skip


def test_without_a_file_it_is_the_folder_we_are_in(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop)

    assert list(previews()) == ["welcome", "book", "draft"]


@pytest.mark.parametrize("command", [["template", "preview"], ["lint"], ["apply"]])
def test_where_no_workspace_is_a_folder_has_to_be_named(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    refused = CliRunner().invoke(typed, command).exception
    assert isinstance(refused, Problem)
    assert "no workspace.yaml in this folder" in str(refused)


def test_of_an_email_with_both_its_html_and_its_text_stand_below_what_they_are(shop: Path) -> None:
    change(shop, "html_file: welcome.html", "html_file: welcome.html, text: 'Hi in plain text'")

    assert preview(shop, "--template", "welcome", "--text").stdout.splitlines() == [
        "By sample signup source", "",
        "── its HTML, as people read it", "Hi Ann & co", "",
        "── its text", "Hi in plain text",
    ]  # fmt: skip
