"""`headrace up`: everything on this machine, from nothing to sample events, or only what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.checkout import ROOT
from cli.console import console
from cli.laptop import local_json
from cli.laptop.bring_up import bring_up
from cli.laptop.first_workspace import ensure_workspace
from cli.laptop.laptop import Laptop
from cli.story import tell

app = typer.Typer()

SHOP = ROOT / "examples" / "shop"


@app.command()
def up(
    workspace: Annotated[Path, typer.Option(help="Applied to a new stack; an old one keeps its own.")] = SHOP,
    story: Annotated[bool, typer.Option(help="Send sample events and show what became of them.")] = True,
) -> None:
    """Start the emulator, deploy the stack with the CDK, apply a workspace, send sample events."""
    laptop = Laptop.of_this_checkout()
    ports = bring_up(laptop)
    written = local_json.write(laptop, ports, ensure_workspace(workspace))
    console.print(f"Events go to [bold]{written['collect_url']}[/bold]; keys are in {laptop.local_json}")
    if story:
        tell(written)
