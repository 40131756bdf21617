"""`headrace keys`: the write key of each source, its key pair, and the secret it verifies identities with."""

from __future__ import annotations

import time
from typing import Annotated, Any

import orjson
import typer
from rich.table import Table

from cli.console import console
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.stacks import Stack
from shared.aws.secrets import StackSecret
from shared.aws.workspaces import DynamoWorkspaces
from shared.current_workspace import DEFAULT_SOURCE, CurrentWorkspace
from shared.ports import Unavailable
from shared.workspace import Workspace
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
    """Show the sources of the applied workspace and their write keys."""
    if hash_:
        typer.echo("sha256:" + key_hash(str(typer.prompt("Credential", hide_input=True, err=True))))
        return
    stack = Stack.load(stage)
    secret = StackSecret(stack["SecretArn"])
    workspaces = DynamoWorkspaces(table=stack["WorkspaceTable"], bucket=stack["WorkspaceBucket"])
    try:
        rows = sources(CurrentWorkspace(workspaces, secret, time.monotonic).get(), secret.read())
    except (Unavailable, LookupError, ValueError) as error:
        raise Problem(f"The keys cannot be read: {error}") from error
    hidden = (*(() if identity else IDENTITY), *(() if pairs else PAIRS))
    rows = [{name: value for name, value in row.items() if name not in hidden} for row in rows]
    if as_json:
        typer.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
        return
    table = Table(box=None)
    for column in rows[0] if rows else ("source", "trust", "policy", "write_key"):
        table.add_column(column.replace("_", " "), no_wrap=True)
    for row in rows:
        table.add_row(*(str(value or "") for value in row.values()))
    console.print(table, soft_wrap=True)


def sources(workspace: Workspace, secret: dict[str, Any]) -> list[dict[str, str | None]]:
    """One row per source of the workspace; a key is null when somebody took it out of the secret."""
    kept = secret.get("sources", {})
    rows: list[dict[str, str | None]] = []
    for source in workspace.sources:
        known = kept.get(source.id, {})
        pair = known.get("key_pair", {}) if source.key_pair else {}
        write_key = secret.get("default_write_key") if source.id == DEFAULT_SOURCE else known.get("write_key")
        rows.append(
            {
                "source": source.id,
                "trust": source.trust,
                "policy": source.policy,
                "write_key": write_key,
                "identity_secret": known.get("identity_secret"),
                "access_key_id": pair.get("access_key_id"),
                "secret_access_key": pair.get("secret_access_key"),
            }
        )
    return rows
