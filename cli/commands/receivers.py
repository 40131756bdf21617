"""`headrace receivers`: whom campaigns of channels such as Slack can be for, and the secret that reaches each."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Annotated, NamedTuple

import typer
from rich.table import Table

from cli.applying import applied
from cli.console import console
from cli.json_output import print_json
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.secret_input import secret_input
from cli.stacks import Stack, secrets_of
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.failures import Unavailable, VersionConflict
from shared.messaging.channels import CHANNELS
from shared.ports.workspaces import Secrets
from shared.stored.current_workspace import CurrentWorkspace
from shared.workspace.model import Workspace

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Whom campaigns can be for, and what reaches them."
)

KEPT = "receivers"
"""In the stack's outgoing secret: `{channel: {name: secret}}`."""


class Receiver(NamedTuple):
    channel: str
    receiver: str
    is_set: bool


@app.command("list")
def list_(as_json: AsJson = False, stage: OnStage = None) -> None:
    """Every receiver of the applied workspace, and whether what reaches it is set. The secrets are not shown."""
    workspace, kept = _applied(Stack.load(stage))
    found = receivers(workspace, _secrets(kept))
    if as_json:
        print_json([one._asdict() for one in found])
        return
    if not found:
        console.print("The applied workspace has no receivers: settings.receivers, docs/workspace.md")
        return
    table = Table("channel", "receiver", "secret", box=None)
    for one in found:
        set_ = "set" if one.is_set else f"missing: headrace receivers set {one.channel} {one.receiver}"
        table.add_row(one.channel, one.receiver, set_)
    console.print(table, soft_wrap=True)


@app.command("set")
def set_(
    channel: Annotated[str, typer.Argument(help="A channel with receivers, such as slack.")],
    receiver: Annotated[str, typer.Argument(help="One of the channel's receivers in the settings.")],
    forget: Annotated[bool, typer.Option("--forget", help="Forget it: nothing is sent there then.")] = False,
    stage: OnStage = None,
) -> None:
    """Set what reaches a receiver, which is read from standard input or asked for. Used within a minute."""
    declared = CHANNELS.get(channel)
    if declared is None or declared.secret is None:
        having = ", ".join(name for name, one in CHANNELS.items() if one.secret is not None)
        raise Problem(f"{channel} is no channel with receivers", f"There are: {having}")
    stack = Stack.load(stage)
    workspace, kept = _applied(stack)
    if not forget and receiver not in workspace.settings.receivers.get(channel, ()):
        raise Problem(
            f"There is no receiver {receiver} of {channel}",
            f"Apply the workspace that has it first: settings: {{receivers: {{{channel}: [{receiver}]}}}}",
        )
    value = None if forget else secret_input(declared.secret.what)
    problem = declared.secret.problem(value) if value is not None else None
    if problem is not None and not (stage is None and value is not None and _is_local(value)):
        raise Problem(f"That is no {declared.secret.what}", f"{problem[0].upper()}{problem[1:]}")
    _write(kept, channel, receiver, value)
    applied.follow(stack)
    console.print(f"{channel} {receiver} is {'forgotten' if forget else 'set'}: in force within a minute.")


def receivers(workspace: Workspace, secrets: Mapping[str, Mapping[str, str]]) -> list[Receiver]:
    """In the order of the settings."""
    return [
        Receiver(channel, name, bool(secrets.get(channel, {}).get(name)))
        for channel, names in workspace.settings.receivers.items()
        for name in names
    ]


def _is_local(value: str) -> bool:
    """On the laptop a server of one's own may stand in for the provider."""
    return value.startswith(("http://localhost:", "http://127.0.0.1:"))


def _applied(stack: Stack) -> tuple[Workspace, Secrets]:
    secrets = secrets_of(stack)
    workspaces = DynamoWorkspaces(table=stack["WorkspaceTable"], bucket=stack["WorkspaceBucket"])
    try:
        return CurrentWorkspace(workspaces, secrets.keys, time.monotonic).get(), secrets.outgoing
    except (Unavailable, LookupError) as error:
        raise Problem(f"The workspace cannot be read: {error}") from error


def _secrets(kept: Secrets) -> dict[str, dict[str, str]]:
    """Raises Problem when somebody put something else there."""
    found = kept.read().get(KEPT, {})
    if not isinstance(found, dict) or not all(isinstance(one, dict) for one in found.values()):
        raise Problem(f"`{KEPT}` in the stack's secret is not an object of objects")
    return found


def _write(kept: Secrets, channel: str, receiver: str, value: str | None) -> None:
    """None forgets it."""
    stored = _secrets(kept)
    of_channel = {name: one for name, one in stored.get(channel, {}).items() if name != receiver}
    if value is not None:
        of_channel[receiver] = value
    try:
        kept.write({KEPT: {**stored, channel: of_channel}}, instead_of={KEPT: stored} if stored else {})
    except VersionConflict as error:
        raise Problem(f"{error}", "Try again.") from error
