"""Every `headrace` command that the documentation quotes is there, with the options it is quoted with."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer

from cli.registry import VERBS

ROOT = Path(__file__).resolve().parents[3]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]

QUOTED = re.compile(r"(?:^|`|\.venv/bin/)headrace ([a-z]+)((?: [^`\n#]*)?)", re.MULTILINE)
OPTION = re.compile(r"(?<= )--[a-z-]+")


def quoted() -> list[tuple[str, str]]:
    """The verb, and the rest of the line."""
    return sorted({found for page in PAGES for found in QUOTED.findall(page.read_text(encoding="utf-8"))})


def command(verb: str, rest: str) -> Any:
    found: Any = typer.main.get_command(import_module(f"cli.commands.{VERBS[verb].module}").app)
    return found.commands[rest.split()[0]] if hasattr(found, "commands") and rest.split() else found


@pytest.mark.parametrize(("verb", "rest"), quoted())
def test_a_quoted_command_is_there(verb: str, rest: str) -> None:
    assert verb in VERBS
    known = {option for parameter in command(verb, rest).params for option in parameter.opts}
    assert set(OPTION.findall(rest)) <= known


def test_commands_are_found_in_the_documentation() -> None:
    assert {"deploy", "apply", "messages", "rejected", "tee"} <= {verb for verb, _ in quoted()}
