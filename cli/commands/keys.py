"""`headrace keys`: the write key of each source, its key pair, and the secret it verifies identities with; with
`--webhooks`, what each webhook is signed with."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer
from rich.table import Table

from cli import source_keys, webhook_secrets
from cli.console import console
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.stacks import Stack
from cli.webhook_secrets import WebhookSecret
from shared.workspace.write_keys import key_hash

IDENTITY = ("identity_secret",)
PAIRS = ("access_key_id", "secret_access_key")

app = typer.Typer()


@app.command()
def keys(
    stage: OnStage = None,
    identity: Annotated[
        bool, typer.Option("--identity", help="Also show the secrets for `context.user_hash`.")
    ] = False,
    pairs: Annotated[
        bool, typer.Option("--pairs", help="Also show the key pairs that AWS clients sign with.")
    ] = False,
    webhooks: Annotated[
        bool,
        typer.Option(
            "--webhooks", help="Show the secrets that webhooks are signed with, instead of the sources."
        ),
    ] = False,
    hash_: Annotated[
        bool, typer.Option("--hash", help="Ask for a credential and print its line for `accepts`.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the sources of the applied workspace, their write keys, and where clients send to.

    Exit code 1 when the secret lacks a key that the workspace was applied with, or has another.
    """
    if hash_:
        typer.echo("sha256:" + key_hash(str(typer.prompt("Credential", hide_input=True, err=True))))
        return
    stack = Stack.load(stage)
    workspace, secret = source_keys.read(stack)
    if webhooks:
        _of_webhooks(webhook_secrets.of_stack(stack, workspace), as_json=as_json)
        return
    found = source_keys.of_workspace(workspace, secret)
    hidden = (*(() if identity else IDENTITY), *(() if pairs else PAIRS))
    rows = [{name: value for name, value in row._asdict().items() if name not in hidden} for row in found]
    if as_json:
        typer.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
    else:
        _show(rows)
        console.print(f"Clients send to {stack.collect_url}", soft_wrap=True)
    _nothing_lacks(source_keys.lacking(workspace, secret))


def _of_webhooks(found: list[WebhookSecret], *, as_json: bool) -> None:
    rows = [one._asdict() for one in found]
    if as_json:
        typer.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
    elif rows:
        _show(rows)
        console.print("How a receiver verifies a call: docs/workspace.md, Verify what a webhook says")
    else:
        console.print("The applied workspace has no webhooks: settings.webhooks, docs/workspace.md")
    _nothing_lacks(webhook_secrets.lacking(found))


def _nothing_lacks(lacking: list[str]) -> None:
    """Raises Problem."""
    if lacking:
        raise Problem(
            f"The secret lacks, or has other values than were applied: {', '.join(lacking)}",
            source_keys.RESTORE,
        )


def _show(rows: list[dict[str, str | None]]) -> None:
    table = Table(box=None)
    for column in rows[0] if rows else ("source", "trust", "policy", "write_key"):
        table.add_column(column.replace("_", " "), no_wrap=True)
    for row in rows:
        table.add_row(*(value or "" for value in row.values()))
    console.print(table, soft_wrap=True)
