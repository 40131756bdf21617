"""`headrace deadletters`: what could not be done, why, and trying it again once the reason is mended."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.console import console
from cli.dead_letters import content as contents
from cli.dead_letters import work
from cli.dead_letters.asking import are_missing, confirm
from cli.dead_letters.choosing import Choice, meant_by, one_named, reachable
from cli.dead_letters.discarding import written_to
from cli.dead_letters.dry_run import Judged
from cli.dead_letters.listing import listed
from cli.dead_letters.looking import Found, look, waiting
from cli.dead_letters.outcome import Redriven
from cli.dead_letters.output import print_dry, print_each, print_groups, print_one, print_reread, report
from cli.dead_letters.places import chosen, places
from cli.dead_letters.rereading import Reread
from cli.json_output import print_json
from cli.moments import moment
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.stacks import Stack
from shared.events import utc_text
from shared.text.counting import number_of

app = typer.Typer(
    invoke_without_command=True,
    add_completion=False,
    help="Work that failed for good: what and why, and its retry once the cause is fixed.",
)

LOOKED_AT = 1_000
"""Of each place, unless all are asked for: a few seconds."""

WHICH = "Names from the list, ids of single ones, or names of alarms."
WhichOnes = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME|ID]...", help=WHICH, show_default=False)
]
OfCause = Annotated[
    str | None, typer.Option("--cause", help="Only those with this cause, as the list names it.")
]


@app.callback()
def dead_letters(context: typer.Context, as_json: AsJson = False, stage: OnStage = None) -> None:
    """Work that failed for good: `list` shows what and why, `retry` tries it again once the cause is fixed."""
    if context.invoked_subcommand is None:
        list_(as_json=as_json, stage=stage)


@app.command("list")
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


@app.command()
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


@app.command()
def retry(
    which: WhichOnes = None,
    everything: Annotated[bool, typer.Option("--all", help="All of every place.")] = False,
    cause: OfCause = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    watch: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=3600,
            show_default=False,
            help=f"Seconds to watch whether they fail again. Without it, {work.WATCHED_SECONDS} for records of "
            "process and 0 for others, which are tried for minutes before they are dead letters again.",
        ),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(
            help="Write dead letters that can never be retried to this file, one line each, and "
            "delete them there."
        ),
    ] = None,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Try again: records go to the stream, messages to their queue, entries to the bus.

    What comes meanwhile waits for the next time, and so does what fails again. It may be stopped at any time, and twice
    does no harm. Exit code 1 means that something of what was chosen is still there, or there again.
    """
    stack = Stack.load(stage)
    meant = meant_by(which, stack, everything=everything, cause=cause)
    if dry_run:
        judged = [work.dry_run(choice, stack) for choice in meant]
        if as_json:
            print_json([_plain(one) for one in judged])
        else:
            print_dry(judged)
        _fail_if(are_missing(meant))
        return
    outcomes: list[Redriven] = []
    try:
        with written_to(save) as file:
            for choice in meant:
                said = Redriven(choice.place.name, waiting(choice.place))
                outcomes.append(said)
                work.retry(choice, stack, said, file, watch)
    finally:  # what was retried before AWS was away, or somebody stopped it, is said, too
        if as_json:
            print_json([_plain(one) for one in outcomes])
        for one, choice in () if as_json else zip(outcomes, meant, strict=False):  # it may have been stopped
            report(one, choice, save, stack.stage)
    _fail_if(are_missing(meant), not all(one.is_all for one in outcomes))


@app.command()
def discard(
    which: WhichOnes = None,
    everything: Annotated[bool, typer.Option("--all", help="All of every place.")] = False,
    cause: OfCause = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            help="The file that they are written to first. Without it: one with the time in its name, here.",
        ),
    ] = None,
    no_file: Annotated[bool, typer.Option("--no-file", help="Keep nothing of them.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Discard what nobody will retry. Each is written to a file first, whole: there is personal data in it."""
    if no_file and to:
        raise Problem("--no-file keeps nothing, and --to says where to keep it", "Leave one of them out.")
    stack = Stack.load(stage)
    meant = meant_by(which, stack, everything=everything, cause=cause)
    if not yes:
        confirm(meant, as_json=as_json)
    file = None if no_file else to or Path(f"discarded-{datetime.now(UTC):%Y%m%dT%H%M%S}.jsonl")
    outcomes: list[Redriven] = []
    try:
        with written_to(file) as lines:
            for choice in meant:
                said = Redriven(choice.place.name, waiting(choice.place))
                outcomes.append(said)
                work.discard(choice, stack, said, lines)
    finally:
        count = sum(one.brought_back - one.not_deleted for one in outcomes)
        if as_json:
            rows = [{"name": one.name, "discarded": one.brought_back - one.not_deleted} for one in outcomes]
            print_json({"places": rows, "discarded": count, "file": str(file) if file else None})
        else:
            kept = f", now only in {file}" if file and count else ""
            console.print(f"{number_of(count, 'dead letter')} discarded{kept}", markup=False, soft_wrap=True)
            if others := sum(one.of_others.total() for one in outcomes):
                console.print(f"{others} left: they {next(iter(outcomes[0].of_others), 'are of others')}")
    _fail_if(are_missing(meant), any(one.not_deleted or one.not_received for one in outcomes))


@app.command()
def reread(
    since: Annotated[
        str, typer.Option("--from", help="The first arrival: 24h ago, 2026-12-01T10:30 or RFC 3339.")
    ],
    until: Annotated[str, typer.Option("--until", help="The last arrival, likewise.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count them.")] = False,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Put what came onto the stream in a period on it again, where a batch was given up and not set aside.

    Other people's records of the period come along; they are recognised for 24 hours after they first came. Exit code 1
    means that the stream did not take all of them.
    """
    now = datetime.now(UTC)
    first, last = moment(since, now), moment(until, now)
    if not first <= last <= now:
        raise Problem("--from and --until are two times in the past, in their order")
    stack = Stack.load(stage)
    said = Reread()
    try:
        work.reread(stack, first, last, said, dry_run=dry_run)
    finally:
        if as_json:
            print_json(vars(said))
        else:
            print_reread(said, dry_run=dry_run)
    _fail_if(said.not_taken > 0, said.refused > 0)


app.command("redrive", hidden=True)(retry)


def _fail_if(*failed: bool) -> None:
    if any(failed):
        raise typer.Exit(1)


def _said(found: Found, about: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": found.whole_name,
        "cause": found.cause.name,
        "happened": found.cause.happened,
        "to_do": found.cause.to_do,
        "since": utc_text(found.since),
        **about,
    }


def _plain(one: Redriven | Judged) -> dict[str, Any]:
    return {name: dict(value) if isinstance(value, Counter) else value for name, value in vars(one).items()}
