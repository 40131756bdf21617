"""`list` and `show`: what failed for good, and why."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

import typer

from cli.commands.dead_letters.options import OfCause
from cli.console import console
from cli.dead_letters import content as contents
from cli.dead_letters.choosing import Choice, one_named, reachable
from cli.dead_letters.listing import listed
from cli.dead_letters.looking import Found, look
from cli.dead_letters.output import print_each, print_groups, print_one
from cli.dead_letters.places import chosen, places
from cli.json_output import print_json
from cli.options import AsJson, OnStage
from cli.stacks import Stack
from shared.events import utc_text

LOOKED_AT = 1_000
"""Of each place, unless all are asked for: a few seconds."""


def list_(
    name: Annotated[str | None, typer.Argument(help="Show those of one place, one by one.")] = None,
    cause: OfCause = None,
    everything: Annotated[
        bool, typer.Option("--all", help=f"Look at every one, not only at {LOOKED_AT} of each place.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="With a name: how many are shown.")] = 100,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Show what failed for good: where it waits, why, how much, since when, and what to type next.

    With a name, show its dead letters one by one. Nothing is taken out, and nothing of a person is shown.
    """
    stack = Stack.load(stage)
    most = None if everything else LOOKED_AT
    if name is None:
        groups = [listed(place, most, cause) for place in places(stack)]
        if as_json:
            print_json([group.said() for group in groups])
        else:
            print_groups(groups, stack.stage)
        return
    rows: list[tuple[Found, dict[str, Any]]] = []
    for place in reachable(chosen(name, places(stack), stack.stage)):
        choice = Choice(place, cause=cause)
        some = islice(filter(choice.takes, look(place, most)), limit - len(rows))
        rows += [(found, contents.summary(found, contents.read(found, stack))) for found in some]
    if as_json:
        print_json([_said(found, about) for found, about in rows])
    else:
        print_each(rows)
        if not rows:
            console.print("Nothing waits with this cause." if cause else "Nothing waits.")


def show(
    dead_letter: Annotated[
        str, typer.Argument(metavar="ID", help="Its id from the list; what the list shows of it is enough.")
    ],
    content: Annotated[
        bool, typer.Option("--content", help="Also what is in it, decoded. There is personal data in it.")
    ] = False,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Show one dead letter: why it failed, how often it was tried, since when, what it is about, what to do."""
    stack = Stack.load(stage)
    found = one_named(dead_letter, stack)
    read = contents.read(found, stack)
    about = contents.summary(found, read)
    if as_json:
        print_json(_said(found, about) | ({"content": read} if content else {}))
    else:
        print_one(found, about, read if content else None, stack.stage)


def _said(found: Found, about: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": found.whole_name,
        "cause": found.cause.name,
        "happened": found.cause.happened,
        "to_do": found.cause.to_do,
        "since": utc_text(found.since),
        **about,
    }
