"""`headrace keys`: the write key of each source, its key pair, and the secret it verifies identities with."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer
from rich.table import Table

from cli import source_keys
from cli.console import console
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.stacks import Stack
from shared.write_keys import key_hash

IDENTITY = ("identity_secret",)
PAIRS = ("access_key_id", "secret_access_key")

app = typer.Typer()


@app.command()
def keys(
    stage: OnStage = None,
    identity: Annotated[
        bool, typer.Option("--identity", help="Also the secrets that `context.user_hash` is made with.")
    ] = False,
    pairs: Annotated[
        bool, typer.Option("--pairs", help="Also the key pairs that AWS clients sign with.")
    ] = False,
    hash_: Annotated[
        bool, typer.Option("--hash", help="Ask for a credential and print what `accepts` takes for it.")
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
    found = source_keys.of_workspace(workspace, secret)
    hidden = (*(() if identity else IDENTITY), *(() if pairs else PAIRS))
    rows = [{name: value for name, value in row._asdict().items() if name not in hidden} for row in found]
    if as_json:
        typer.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
    else:
        _show(rows, stack.collect_url)
    if lacking := source_keys.lacking(workspace, secret):
        raise Problem(
            f"The secret has not, or not as it was applied: {', '.join(lacking)}", source_keys.RESTORE
        )


def _show(rows: list[dict[str, str | None]], collect_url: str) -> None:
    table = Table(box=None)
    for column in rows[0] if rows else ("source", "trust", "policy", "write_key"):
        table.add_column(column.replace("_", " "), no_wrap=True)
    for row in rows:
        table.add_row(*(value or "" for value in row.values()))
    console.print(table, soft_wrap=True)
    console.print(f"Clients send to {collect_url}", soft_wrap=True)
