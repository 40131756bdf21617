"""`headrace tee`: what is forwarded to the vendors that sources came from, and how their answers compare with ours."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cli.applying import applied
from cli.console import console
from cli.json_output import print_json
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.secret_input import secret_input
from cli.stacks import Stack, secrets_of
from cli.tee_status import Period, sources
from shared.aws.queues.queue_depth import depth
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.aws.tee.report import DynamoTeeReport
from shared.failures import Unavailable, VersionConflict
from shared.ports.workspaces import Secrets
from shared.stored.current_workspace import CurrentWorkspace
from shared.workspace.model import Workspace

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="What is forwarded to the vendor a source came from."
)

HOW = "Give a source the vendor it came from, and apply:  tee: {host: https://…}  in sources.yaml. See docs/tee.md."


@app.command()
def status(
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    days: Annotated[int, typer.Option(min=1, max=30, help="So many days, today included (UTC).")] = 7,
    limit: Annotated[int, typer.Option(min=0, help="At most so many differences of each source.")] = 10,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Compare the vendors' answers with ours: how many of each, and the latest requests where one of us refused."""
    stack = Stack.load(stage)
    today = datetime.now(UTC).date()
    period = Period([today - timedelta(days=ago) for ago in range(days)], limit)
    workspace, kept = _configured(stack)
    if source is not None and source not in workspace.source_by_id:
        raise Problem(f"There is no source {source}", f"There are {', '.join(workspace.source_by_id)}.")
    waiting, dead = depth(stack["TeeQueueUrl"]).waiting, depth(stack["TeeDeadLetterQueueUrl"]).waiting
    found = sources(workspace, kept.read(), DynamoTeeReport(stack["TeeTable"]), period, source)
    if as_json:
        print_json({"days": days, "waiting": waiting, "dead_letters": dead, "sources": found})
        return
    if not found:
        console.print("No source forwards what it receives.")
        console.print(HOW, soft_wrap=True, markup=False)
    for one in found:
        _print(one, days)
    if found or waiting or dead:
        console.print(f"{waiting} waiting in the queue, {dead} given up (dead letters).")


@app.command()
def secret(
    source: Annotated[str, typer.Argument(help="A source with a tee.")],
    header: Annotated[
        str | None, typer.Option(help="The value of this header, instead of the client's.")
    ] = None,
    basic: Annotated[
        bool, typer.Option("--basic", help="`user:password` of Basic authorization, instead of the client's.")
    ] = False,
    query: Annotated[
        str | None, typer.Option(help="The value of this query parameter, instead of the client's.")
    ] = None,
    forget: Annotated[
        bool, typer.Option("--forget", help="Forget all of them: the clients' own go along again.")
    ] = False,
    stage: OnStage = None,
) -> None:
    """Set a credential for the vendor, which is read from standard input or asked for. Used within a minute."""
    if [header is not None, basic, query is not None, forget].count(True) != 1:
        raise Problem("Say which", "One of --header NAME, --basic, --query NAME and --forget.")
    stack = Stack.load(stage)
    workspace, kept = _configured(stack)
    if source not in workspace.source_by_id:
        raise Problem(f"There is no source {source}", "Apply the workspace that has it first.")
    if not forget and workspace.source_by_id[source].trust != "server":
        raise Problem(
            f"{source} is a browser's source, and forwards no secret",
            "Anybody may send by its key. Let its clients show the vendor's credential: `accepts`, docs/tee.md.",
        )
    if forget:
        _write(kept, source, None, "", "")
        applied.follow(stack)
        console.print(f"{source} forwards its clients' own credentials.")
        return
    value = secret_input("user:password" if basic else header or query or "")
    if basic:
        value = "Basic " + base64.b64encode(value.encode()).decode()
    _write(kept, source, "query" if query else "headers", query or header or "Authorization", value)
    applied.follow(stack)
    console.print(f"{source}: {query or header or 'Authorization'} is set, and used within a minute.")


def _configured(stack: Stack) -> tuple[Workspace, Secrets]:
    secrets = secrets_of(stack)
    workspaces = DynamoWorkspaces(table=stack["WorkspaceTable"], bucket=stack["WorkspaceBucket"])
    try:
        return CurrentWorkspace(workspaces, secrets.keys, time.monotonic).get(), secrets.outgoing
    except (Unavailable, LookupError) as error:
        raise Problem(f"The workspace cannot be read: {error}") from error


def _write(kept: Secrets, source: str, kind: str | None, name: str, value: str) -> None:
    """`kind` None forgets all."""
    stored: Any = kept.read().get("tees", {})
    tees = {other: tee for other, tee in stored.items() if other != source or kind is not None}
    if kind is not None:
        tee = tees.get(source, {})
        # A header's name has no case: one of another spelling would be the same header twice.
        others = {
            old: text
            for old, text in tee.get(kind, {}).items()
            if old != name and (kind == "query" or old.lower() != name.lower())
        }
        tees[source] = {**tee, kind: {**others, name: value}}
    try:
        kept.write({"tees": tees}, instead_of={"tees": stored})
    except VersionConflict as error:
        raise Problem(f"{error}", "Try again.") from error


def _print(one: dict[str, Any], days: int) -> None:
    to = one["host"] or "nowhere any more"
    console.print(f"{one['source']} → {to}", style="bold", markup=False)
    credentials = [*one["credentials"]["headers"], *one["credentials"]["query"]]
    console.print(f"  credentials   {', '.join(credentials) or 'as the clients send them'}", markup=False)
    console.print(
        f"  {days} days        {one['forwarded']} forwarded, {one['agreed']} agreed, {one['differing']} differing, "
        f"{one['failed']} failed, {one['tries_again']} tries again"
    )
    if one["withheld"]:
        console.print(
            f"  withheld      {one['withheld']}: our own write key stood in their bodies or paths. "
            "Let the clients show the vendor's credential.",
            markup=False,
            soft_wrap=True,
        )
    if one["forwarded"]:
        console.print(
            f"  on average    {one['mean_milliseconds']} ms, {round(one['bytes_sent'] / one['forwarded'])} bytes out, "
            f"{round(one['bytes_answered'] / one['forwarded'])} back; {one['events']} events, "
            f"{one['events_rejected_by_us']} of them rejected by us"
        )
        console.print(_matrix(one["answers"]))
    if one["differences"]:
        console.print(_differences(one["differences"]))


def _matrix(answers: list[dict[str, int]]) -> Table:
    """Our statuses down, theirs across."""
    theirs = sorted({answer["theirs"] for answer in answers})
    table = Table(box=None, header_style="bold", pad_edge=True, title="answers", title_justify="left")
    table.add_column("ours \\ theirs")
    for status_ in theirs:
        table.add_column(str(status_), justify="right")
    for ours in sorted({answer["ours"] for answer in answers}):
        by_theirs = {answer["theirs"]: answer["requests"] for answer in answers if answer["ours"] == ours}
        table.add_row(str(ours), *(str(by_theirs.get(status_, "")) for status_ in theirs))
    return table


def _differences(found: list[dict[str, Any]]) -> Table:
    table = Table(
        box=None, header_style="bold", pad_edge=True, title="latest differences", title_justify="left"
    )
    for name in (
        "received at",
        "request",
        "protocol",
        "call",
        "ours",
        "theirs",
        "rejected",
        "content type",
        "bytes",
    ):
        table.add_column(name, no_wrap=name in ("request", "ours", "theirs"))
    for one in found:
        table.add_row(
            one["received_at"][:19].replace("T", " "),
            Text(one["request"]),
            one["protocol"],
            Text(one["call"]),
            str(one["ours"]),
            Text(str(one["theirs"]), style="yellow"),
            f"{one['rejected']} of {one['events']}",
            Text(one["content_type"]),
            str(one["answered"]),
        )
    return table
