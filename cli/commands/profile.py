"""`headrace profile`: all that is known about one person."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.console import console
from cli.json_output import print_json
from cli.options import AsJson, OnStage
from cli.people.card import UNKNOWN, card
from cli.problem import Problem
from cli.stacks import Stack
from shared.aws.tables.profiles import DynamoProfiles
from shared.stored.people import find, presented

app = typer.Typer()


@app.command()
def profile(
    identity: Annotated[
        str,
        typer.Argument(
            help="A user id, an anonymous id, an e-mail address, a phone number, a device's id, or a key: anonymous:a1."
        ),
    ],
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Show a person: identities, traits, consents, counters, devices, session."""
    found = find(DynamoProfiles(Stack.load(stage)["ProfilesTable"]), identity)
    if found is None:
        raise Problem(
            f"Nobody is known as “{identity}”",
            UNKNOWN,
        )
    if as_json:
        print_json(presented(found))
    else:
        console.print(card(presented(found)))
