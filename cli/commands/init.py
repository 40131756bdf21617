"""`headrace init DIR`: a workspace to begin with, as files that lint has nothing against."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from cli.console import console
from cli.problem import Problem
from cli.starting.choices import (
    CHANNELS,
    DEFAULT_CHANNELS,
    DEFAULT_INDUSTRY,
    DEFAULT_SOURCES,
    Choices,
    channels_of,
    choices,
    industry_of,
    sender_of,
    sources_of,
    title_of,
)
from cli.starting.files import files
from cli.starting.industries import INDUSTRIES
from cli.starting.receivers import secrets_to_set
from cli.workspace_folder import show
from shared.authoring.findings import errors
from shared.authoring.lint import lint
from shared.text.counting import number_of

app = typer.Typer()


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(help="A new or empty folder, such as my-shop.")],
    name: Annotated[str | None, typer.Option(help="Its name. Without it: the folder's.")] = None,
    industry: Annotated[
        str | None, typer.Option(help=f"Whose events: {', '.join(INDUSTRIES)}. [default: {DEFAULT_INDUSTRY}]")
    ] = None,
    sources: Annotated[
        str | None,
        typer.Option(
            help=f"Who sends: server,web or backend=server,kiosk=browser. [default: {DEFAULT_SOURCES}]"
        ),
    ] = None,
    channels: Annotated[
        str | None,
        typer.Option(help=f"What is sent: {', '.join(CHANNELS)}. [default: {DEFAULT_CHANNELS}]"),
    ] = None,
    sender: Annotated[
        str | None, typer.Option(help="The sender of emails: 'Shop <hello@shop.example>'.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing and use the defaults.")] = False,
) -> None:
    """Make a workspace: plan, sources, campaigns, templates. What is not given is asked; nothing is overwritten."""
    _is_free(directory)
    if sender is not None:
        sender_of("", sender)
    typed = _asked(directory, name, industry, sources, channels, yes=yes)
    _write(directory, files(chosen := choices(*typed, sender), directory))
    found = lint(directory)
    show(found)
    wrong = len(errors(found))
    said = f"{number_of(wrong, 'error')}, {number_of(len(found) - wrong, 'warning')} in {directory}"
    console.print("[red]✗[/red]" if wrong else "[green]✓[/green]", escape(said), soft_wrap=True)
    if wrong:
        raise typer.Exit(1)
    _say_next(directory, chosen)


def _is_free(directory: Path) -> None:
    """Hidden files, such as those of Git, are nobody's workspace."""
    if directory.exists() and not directory.is_dir():
        raise Problem(f"{directory} is a file", "Name a new folder, such as my-shop.")
    there = (
        sorted(one.name for one in directory.iterdir() if one.name[0] != ".") if directory.exists() else []
    )
    if there:
        raise Problem(
            f"{directory} is not empty: {', '.join(there[:3])}{', …' if len(there) > 3 else ''}",
            "Name a new folder; nothing is overwritten.",
        )


def _asked(
    directory: Path,
    name: str | None,
    industry: str | None,
    sources: str | None,
    channels: str | None,
    *,
    yes: bool,
) -> tuple[str, str, str, str]:
    """What was not given, from whoever is at the terminal. Each is judged at once: what was given before anything is
    asked, an answer before the next question."""
    usual = directory.resolve().name.replace("-", " ").replace("_", " ").strip().title() or "Shop"
    if not yes and None in (name, industry, sources, channels) and not _somebody_is_there():
        raise Problem(
            "Some choices are missing", "There is no terminal to ask on: add --yes for the defaults."
        )
    questions = (
        (name, "Its name", usual, title_of),
        (industry, "Whose events", DEFAULT_INDUSTRY, industry_of),
        (sources, "Who sends events", DEFAULT_SOURCES, sources_of),
        (channels, "On which channels are messages sent", DEFAULT_CHANNELS, channels_of),
    )
    for given, _, _, judge in questions:
        if given is not None:
            judge(given)
    if not yes and industry is None:
        for one in INDUSTRIES.values():
            console.print(f"  [cyan]{one.catalogue:10}[/cyan] {one.says}")
    answers = [
        given if given is not None else default if yes else _answer(question, default, judge)
        for given, question, default, judge in questions
    ]
    return answers[0], answers[1], answers[2], answers[3]


def _answer(question: str, default: str, judge: Callable[[str], object]) -> str:
    """Asked again until it can be used."""
    while True:
        typed = str(typer.prompt(question, default))
        try:
            judge(typed)
        except Problem as problem:
            console.print(f"{problem}. {problem.advice}", style="yellow", markup=False, soft_wrap=True)
        else:
            return typed


def _somebody_is_there() -> bool:
    return sys.stdin.isatty()


def _write(directory: Path, texts: dict[str, str]) -> None:
    try:
        for path, text in texts.items():
            file = directory / path
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8") as new:
                new.write(text)
    except OSError as error:
        raise Problem(f"{directory} cannot be written: {error}") from error


def _say_next(directory: Path, chosen: Choices) -> None:
    console.print("\nNext, with `headrace up` running:")
    for command in (
        f"headrace apply {shlex.quote(str(directory))}",
        *secrets_to_set(chosen),
        f'headrace send "{chosen.industry.welcome}" --user u1 -t email=you@example.com -t first_name=Ann',
        "headrace messages --user u1",
    ):
        console.print(f"  {command}", markup=False, soft_wrap=True)
