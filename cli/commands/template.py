"""`headrace template preview`: what a template makes of sample values, or of a real person's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from cli.console import console, visible
from cli.json_output import print_json
from cli.messages.card import NO_HTML, opened, print_card, print_html, shown
from cli.messages.previewing import Preview, Somebody, preview_of
from cli.messages.template_choice import Choice, chosen
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.stacks import Stack
from cli.workspace_folder import as_text
from shared.messaging import sms_length

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Templates, before they are sent.")


@app.callback()
def template() -> None:
    """Templates, before they are sent."""


@app.command()
def preview(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="A workspace's folder, its templates.yaml, or a file that a template names. "
            "Without it: the folder you are in.",
            show_default=False,
        ),
    ] = None,
    template_id: Annotated[str | None, typer.Option("--template", help="Only the one with this id.")] = None,
    event: Annotated[
        str | None, typer.Option(help="The event it is sent for; without it, that of its first campaign.")
    ] = None,
    person: Annotated[
        str | None, typer.Option(help="With a real person's traits, and their latest event of that name.")
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="Open an email's HTML in a browser.")] = False,
    text: Annotated[
        bool, typer.Option("--text", help="Print the text alone, to read or to compare.")
    ] = False,
    html: Annotated[
        bool, typer.Option("--html", help="Print an email's HTML as it is, and nothing else.")
    ] = False,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Render templates with sample values of the plan's types, or with a person's. Exit code 1 when one fails."""
    choice = chosen(file, template_id, event)
    somebody = Somebody.of(person, Stack.load(stage)) if person is not None else None
    previews = [preview_of(one, somebody) for one in choice.templates]
    if as_json:
        print_json([one._asdict() for one in previews])
    elif html:
        _print_html(previews)
    else:
        for one in previews:
            _print_text(one, alone=len(previews) == 1) if text else _print(one)
    if open_:
        opened(next((one.parts for one in previews if one.parts and "html" in one.parts), {}))
    _end(previews, choice, event)


def _print(one: Preview) -> None:
    facts = {"template": one.template, "channel": one.channel, "event": one.event}
    parts = one.parts or {}
    if one.channel == "sms" and one.parts is not None:
        sms = parts["text"].strip()
        facts["length"] = f"{len(sms)} characters, billed as {sms_length.segments(sms)} SMS"
    print_card(facts, parts)
    for note in one.notes:
        console.print(f"! {note}", style="yellow", markup=False, soft_wrap=True)
    if one.failure is not None:
        console.print(f"✗ {one.failure}", style="red", markup=False, soft_wrap=True)
        console.print("No such message would be sent.\n", style="dim")
    else:
        console.print(f"Rendered {one.values}.\n", style="dim", markup=False)


def _print_text(one: Preview, *, alone: bool) -> None:
    """On standard output the text alone, below the template's name where there are several."""
    if not alone:
        typer.echo(visible(f"── {one.template}, {one.channel}, for {one.event}"))
    if one.parts is not None:
        parts = "\n\n".join(_labelled(one.parts))
        typer.echo((visible(parts) if console.is_terminal else parts) + ("" if alone else "\n"))
    _say_aside(one)


def _labelled(parts: Mapping[str, str]) -> list[str]:
    """An email's HTML and its text say much the same: of both, each stands below what it is."""
    labels = {"html": "── its HTML, as people read it\n", "text": "── its text\n"}
    has_both = labels.keys() <= parts.keys()
    return [(labels.get(part, "") if has_both else "") + shown(part, words) for part, words in parts.items()]


def _print_html(previews: list[Preview]) -> None:
    """On standard output the HTML alone, of several with a comment that names each."""
    with_html = [one for one in previews if one.parts is not None and "html" in one.parts]
    for one in with_html:
        if len(with_html) > 1:
            typer.echo(f"<!-- {one.template} -->")
        print_html(one.parts or {})
    for one in previews:
        _say_aside(one)
    if not with_html and not any(one.failure for one in previews):
        raise Problem("There is no HTML", NO_HTML)


def _say_aside(one: Preview) -> None:
    """On standard error: what was printed goes into a file, or is compared."""
    for note in (*one.notes, *([one.failure] if one.failure is not None else [])):
        typer.echo(visible(f"headrace: {one.template}: {note}"), err=True)


def _end(previews: list[Preview], choice: Choice, event: str | None) -> None:
    """What was not shown, and an exit code that says whether all could be."""
    if choice.left_out:
        left_out = ", ".join(choice.left_out)
        typer.echo(
            f"Not sent for {event}: {left_out}. --template shows one of them with it all the same.", err=True
        )
    failed = sum(one.failure is not None for one in previews)
    if choice.unreadable:
        raise Problem(f"Not everything can be read\n{as_text(choice.unreadable)}", "See also: headrace lint")
    if failed:
        if len(previews) > 1:
            typer.echo(f"{failed} of {len(previews)} templates fail.", err=True)
        raise typer.Exit(1)
