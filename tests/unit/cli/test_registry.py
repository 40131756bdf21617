"""Every verb of the command exists and loads."""

from __future__ import annotations

from importlib import import_module

import pytest
import typer
from typer.testing import CliRunner

from cli.main import typed
from cli.registry import VERBS


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_explains_itself(name: str) -> None:
    answer = CliRunner().invoke(typed, [name, "--help"])

    assert answer.exit_code == 0, answer.output
    assert f"headrace {name}" in answer.output


@pytest.mark.parametrize("name", VERBS)
def test_a_verbs_module_has_an_app(name: str) -> None:
    assert isinstance(import_module(f"cli.commands.{VERBS[name].module}").app, typer.Typer)


@pytest.mark.parametrize("name", VERBS)
def test_a_named_command_is_called_by_its_name(name: str) -> None:
    app = import_module(f"cli.commands.{VERBS[name].module}").app

    if len(app.registered_commands) == 1 and app.registered_callback is None:
        (only,) = app.registered_commands
        assert only.name in (None, name), (
            f"`headrace {name} {only.name}` is not understood: the only command of an app is the verb itself. "
            f"Give the app a callback, or the command no name."
        )


def test_the_help_lists_every_verb() -> None:
    output = CliRunner().invoke(typed, ["--help"]).output

    assert [name for name in VERBS if f" {name} " not in output] == []


def test_an_unknown_verb_is_refused() -> None:
    answer = CliRunner().invoke(typed, ["frobnicate"])

    assert (answer.exit_code, "Did you mean" in answer.output) == (2, False)


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        (["inti"], "init"),
        (["messsages"], "messages"),
        (["Apply"], "apply"),
        (["reject", "list"], "rejected"),
        (["rejected", "lst"], "list"),
        (["template", "previw"], "preview"),
        (["messages", "shwo", "x"], "show"),
        (["lint", "--strct"], "--strict"),
    ],
)
def test_a_misspelt_verb_or_option_says_what_was_meant(wrong: list[str], meant: str) -> None:
    answer = CliRunner().invoke(typed, wrong)

    assert answer.exit_code == 2
    assert f"'{meant}'?" in answer.output or f"Possible options: {meant}" in answer.output


@pytest.mark.parametrize("verb", ["settings", "deploy"])
def test_a_stage_that_there_is_not_is_told_in_plain_words(verb: str) -> None:
    ended = CliRunner().invoke(typed, [verb, "--stage", "staging"])

    assert ended.exit_code == 2
    assert "'staging' is not one of 'dev'" in ended.output
    assert "Value error" not in ended.output
