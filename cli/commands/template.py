"""`headrace template preview`: what a template makes of sample values, or of a real person's."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.console import console, visible
from cli.json_output import print_json
from cli.message_card import opened, print_card, shown
from cli.message_content import user_id_of, values_for
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.stacks import Stack
from cli.template_choice import Chosen, chosen
from shared import people, sms_length, templates
from shared.authoring.rendering import working_values
from shared.aws.profiles import DynamoProfiles
from shared.aws.timeline import DynamoTimeline
from shared.fold.profile import Profile
from shared.templates import TemplateFailed

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Templates, before they are sent.")

MOST_EVENTS = 1000
"""Of a person's latest, among which the event is looked for."""


@app.callback()
def template() -> None:
    """Templates, before they are sent."""


@app.command()
def preview(
    file: Annotated[
        Path,
        typer.Argument(
            help="A workspace's templates.yaml, a file that a template names, or the whole folder."
        ),
    ],
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
    html: Annotated[bool, typer.Option("--html", help="An email's HTML as it is.")] = False,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Render a template with sample values of the plan's types, or with a person's. Exit code 1 when it fails."""
    found = chosen(file, template_id, event)
    stack = Stack.load(stage) if person is not None else None
    rendered = [_rendered(one, person, stack) for one in found]
    if as_json:
        print_json(rendered)
    elif text:
        for one in rendered:
            parts = "\n\n".join(shown(part, words) for part, words in one["parts"].items())
            typer.echo(visible(parts) if console.is_terminal else parts)
    else:
        for one in rendered:
            _print(one, as_html=html)
    if open_:
        opened(next((one["parts"] for one in rendered if "html" in one["parts"]), {}))


def _rendered(one: Chosen, person: str | None, stack: Stack | None) -> dict[str, Any]:
    if person is None or stack is None:
        values, note = working_values(one.template, one.definition), "with sample values"
        if isinstance(values, TemplateFailed):
            raise _failed(one, values, note)
    else:
        values, note = _of_person(one, person, stack)
    try:
        parts = templates.render(one.template, values)
    except TemplateFailed as failed:
        raise _failed(one, failed, note) from failed
    return {
        "template": one.template.id,
        "channel": one.template.channel,
        "event": one.event,
        "values": note,
        "parts": parts,
    }


def _failed(one: Chosen, failed: TemplateFailed, note: str) -> Problem:
    return Problem(f"The template {one.template.id} fails {note}: {failed}", "No such message would be sent.")


def _of_person(one: Chosen, typed: str, stack: Stack) -> tuple[dict[str, Any], str]:
    """Their traits, and their latest event of that name; sample values for the event when they have none."""
    person = people.find(DynamoProfiles(stack["ProfilesTable"]), typed)
    if person is None:
        raise Problem(f"Nobody is known as “{typed}”", "headrace profile finds people by any of their ids.")
    latest = _latest(one.event, person, stack)
    if latest is not None:
        return values_for(latest, person), f"with {typed}'s traits and latest {one.event}"
    sample = working_values(one.template, one.definition)
    if isinstance(sample, TemplateFailed):
        raise _failed(one, sample, "with sample values")
    real = templates.person_variables(person.states.traits.values, user_id_of(person))
    return {**sample, **real}, f"with {typed}'s traits and a sample event"


def _latest(event: str, person: Profile, stack: Stack) -> Any:
    timeline = DynamoTimeline(stack["TimelineTable"]).read(people.keys_of(person), MOST_EVENTS)
    return next((one for one in reversed(timeline) if one.name == event), None)


def _print(one: dict[str, Any], *, as_html: bool) -> None:
    facts = {"template": one["template"], "channel": one["channel"], "event": one["event"]}
    if one["channel"] == "sms":
        length = len(one["parts"]["text"].strip())
        facts["length"] = (
            f"{length} characters, billed as {sms_length.segments(one['parts']['text'].strip())} SMS"
        )
    print_card(facts, one["parts"], as_html=as_html)
    console.print(f"Rendered {one['values']}.", style="dim", markup=False)
