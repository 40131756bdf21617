"""`headrace deadletters`: what could not be done, why, and trying it again once the reason is mended."""

from __future__ import annotations

import typer

from cli.commands.dead_letters.discarding import discard
from cli.commands.dead_letters.looking import list_, show
from cli.commands.dead_letters.rereading import reread
from cli.commands.dead_letters.retrying import retry
from cli.options import AsJson, OnStage

app = typer.Typer(
    invoke_without_command=True,
    add_completion=False,
    help="Work that failed for good: what and why, and its retry once the cause is fixed.",
)


@app.callback()
def dead_letters(context: typer.Context, as_json: AsJson = False, stage: OnStage = None) -> None:
    """Work that failed for good: `list` shows what and why, `retry` tries it again once the cause is fixed."""
    if context.invoked_subcommand is None:
        list_(as_json=as_json, stage=stage)


app.command("list")(list_)
app.command()(show)
app.command()(retry)
app.command()(discard)
app.command()(reread)
app.command("redrive", hidden=True)(retry)
