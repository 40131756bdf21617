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


def test_the_help_lists_every_verb() -> None:
    output = CliRunner().invoke(typed, ["--help"]).output

    assert [name for name in VERBS if f" {name} " not in output] == []


def test_an_unknown_verb_is_refused() -> None:
    assert CliRunner().invoke(typed, ["frobnicate"]).exit_code == 2
