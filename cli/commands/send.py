"""`headrace send`: one event, or a file of them, to collect; and what it says of them."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

import typer

from cli.assignments import assigned
from cli.collect_client import post, write_key
from cli.json_output import print_json
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.sending.event import Call, composed, named, traits_of
from cli.sending.file import read
from cli.sending.verdict import observed, show
from cli.stacks import Stack

app = typer.Typer()

EXAMPLES = {
    Call.TRACK: "'View Item' --user u1",
    Call.IDENTIFY: "--user u1 -t email=ann@example.com",
    Call.PAGE: "Home --user u1",
    Call.SCREEN: "Home --user u1",
    Call.GROUP: "g1 --user u1",
    Call.ALIAS: "--user u1 --previous a1",
}


@app.command(context_settings={"allow_extra_args": True})
def send(
    typed: typer.Context,
    event: Annotated[
        str | None,
        typer.Argument(help="The event's name, the name of a page or screen, or the id of a group."),
    ] = None,
    user: Annotated[str | None, typer.Option(help="The person's user id.")] = None,
    anonymous: Annotated[str | None, typer.Option(help="Their anonymous id.")] = None,
    email: Annotated[str | None, typer.Option(help="Their email address.")] = None,
    phone: Annotated[str | None, typer.Option(help="Their phone number.")] = None,
    other: Annotated[
        list[str] | None,
        typer.Option("--other", help="kind=value: a device, or a vendor's id; may be repeated."),
    ] = None,
    property_: Annotated[
        list[str] | None,
        typer.Option(
            "--property", "--properties", "-p", help="name=value, may be repeated; or a JSON object."
        ),
    ] = None,
    trait: Annotated[
        list[str] | None, typer.Option("--trait", "--traits", "-t", help="name=value, or a JSON object.")
    ] = None,
    context: Annotated[
        list[str] | None, typer.Option("--context", help="name=value, or a JSON object.")
    ] = None,
    type_: Annotated[
        Call | None, typer.Option("--type", help="Without it: track, or identify if there are only traits.")
    ] = None,
    previous: Annotated[str | None, typer.Option(help="For an alias: the id that joins the user id.")] = None,
    id_: Annotated[
        str | None, typer.Option("--id", help="The event's own id; a repeated one counts once.")
    ] = None,
    json_body: Annotated[
        str | None,
        typer.Option("--json-body", help="A file with an event, a list or a batch; - reads it here."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(help="The source whose write key to use. Without it: the first server source."),
    ] = None,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Send an event and print the verdict. Exit code 1 when anything was rejected.

    Example: headrace send "Complete Purchase" --user u1 --property amount=1500 --property currency=USD
    """
    if typed.args:
        raise _left_over(typed.args)
    if json_body is not None:
        call, document = read(json_body, type_)
    else:
        if type_ is None and event is not None:
            _is_no_type(event)
        call = type_ or (Call.IDENTIFY if event is None and trait else Call.TRACK)
        said = {"userId": user, "anonymousId": anonymous, "previousId": previous, "messageId": id_}
        addresses = {"email": email, "phone": phone}
        document = composed(
            call,
            event,
            ids={name: value for name, value in said.items() if value is not None},
            other_ids={kind: value for kind, value in addresses.items() if value} | named(other or ()),
            properties=assigned(property_ or ()),
            traits=traits_of(trait or ()),
            context=assigned(context or ()),
            at=datetime.now(UTC),
        )
    stack = Stack.load(stage)
    answer = post(stack.collect_url, call, write_key(stack, source), document)
    if as_json:
        print_json(answer.body)
    else:
        show(answer, stage, partial(observed, answer, document, stack))
    if not answer.is_all_accepted:
        raise typer.Exit(1)


def _left_over(words: list[str]) -> Problem:
    """What to say of words after the event's name."""
    if all(name and equals for name, equals, _ in (word.partition("=") for word in words)):
        return Problem(
            f"“{words[0]}” is unexpected here",
            f"A property of the event: {' '.join(f'-p {shlex.quote(word)}' for word in words)}\n"
            "A trait of the person: -t in place of -p",
        )
    return Problem(
        f"“{words[0]}” is unexpected after the event's name",
        "Put a name of several words in quotes: headrace send 'View Item' --user u1",
    )


def _is_no_type(event: str) -> None:
    """Raises Problem for `headrace send identify`, which would be an event of that name."""
    if event.lower() in set(Call):
        type_ = Call(event.lower())
        raise Problem(
            f"{event} is a type of call, but the name of an event is expected here",
            f"Send one of that type: headrace send --type {type_} {EXAMPLES[type_]}\n"
            f"An event of that name: headrace send {event} --type track …",
        )
