"""What a client sent moves no cursor and changes no colour, wherever a command prints it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cli.commands import rejected, template
from cli.console import SafeConsole, visible
from cli.messages import card
from cli.messages.previewing import Preview
from cli.messages.template_choice import Choice

HOSTILE = "a\x1b[2Jb\x9bc\x00d\x7fe"
WRITTEN = r"a\x1b[2Jb\x9bc\x00d\x7fe"


def terminal(**options: Any) -> SafeConsole:
    return SafeConsole(file=io.StringIO(), force_terminal=True, width=100, color_system=None, **options)


def printed(console: SafeConsole) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def table() -> Table:
    made = Table(box=None)
    made.add_row(Text("key"), Text(HOSTILE))
    return made


@pytest.mark.parametrize(
    "renderable",
    [HOSTILE, Text(HOSTILE), table(), Panel(Text(HOSTILE), title="part")],
    ids=lambda one: type(one).__name__,
)
@pytest.mark.parametrize("soft_wrap", [True, False])
def test_control_characters_are_written_out_in_whatever_is_printed(renderable: Any, soft_wrap: bool) -> None:
    console = terminal()
    console.print(renderable, markup=False, soft_wrap=soft_wrap)

    assert (r"a\x1b[2J" if isinstance(renderable, Table) else WRITTEN) in printed(console)
    assert not set(printed(console)) & set("\x1b\x9b\x00\x7f")


def test_colours_of_our_own_are_left() -> None:
    console = SafeConsole(file=io.StringIO(), force_terminal=True, width=100, color_system="standard")
    console.print("[red]✗[/red] wrong", highlight=False)

    assert printed(console) == "\x1b[31m✗\x1b[0m wrong\n"


def test_line_breaks_are_left() -> None:
    assert visible("a\nb\tc") == "a\nb\\x09c"


@pytest.mark.parametrize(
    "parts", [{"text": HOSTILE}, {"subject": HOSTILE}, {"body": HOSTILE}, {"html": HOSTILE}], ids=str
)
def test_a_message_is_shown_without_control_characters(
    parts: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    console = terminal()
    monkeypatch.setattr(card, "console", console)
    card.print_card({"to": HOSTILE}, parts)

    assert printed(console).count(WRITTEN) == 2
    assert "\x1b" not in printed(console)


def test_the_commands_print_to_such_a_console() -> None:
    for module in (card, rejected, template):
        assert isinstance(vars(module)["console"], SafeConsole)


def test_text_alone_is_written_out_on_a_terminal_and_left_in_a_pipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one = Preview("t", "sms", "Search", "with sample values", {"text": "a\x9bc"}, None, [])
    monkeypatch.setattr(template, "chosen", lambda *_: Choice([one], [], []))  # type: ignore[list-item]
    monkeypatch.setattr(template, "preview_of", lambda *_: one)
    for is_terminal, expected in ((True, "a\\x9bc\n"), (False, "a\x9bc\n")):
        monkeypatch.setattr(vars(template)["console"], "_force_terminal", is_terminal)
        template.preview(tmp_path, text=True)
        assert capsys.readouterr().out == expected
