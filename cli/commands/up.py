"""`headrace up`: everything on this machine, from nothing to sample events, or only what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.checkout import ROOT
from cli.commands.apply import apply_workspace
from cli.console import console, step
from cli.laptop import local_json
from cli.laptop.bring_up import bring_up
from cli.laptop.laptop import Laptop
from cli.story import tell

app = typer.Typer()

SHOP = ROOT / "examples" / "shop"


@app.command()
def up(
    workspace: Annotated[Path, typer.Option(help="Applied to a new stack; an old one keeps its own.")] = SHOP,
    samples: Annotated[bool, typer.Option(help="Send sample events and show what became of them.")] = True,
) -> None:
    """Start the emulator, deploy the stack with the CDK, apply a workspace, send sample events."""
    laptop = Laptop.of_this_checkout()
    ports = bring_up(laptop)
    written = local_json.write(laptop, ports, _write_keys(laptop, workspace))
    console.print(f"Events go to [bold]{written['collect_url']}[/bold]; keys are in {laptop.local_json}")
    if samples:
        tell(written)


def _write_keys(laptop: Laptop, workspace: Path) -> dict[str, str]:
    before = local_json.read(laptop)
    if before:  # removed with the data it belongs to
        keys: dict[str, str] = before["write_keys"]
        return keys
    with step(f"Applying the workspace {workspace.name}"):
        return dict(apply_workspace(workspace, None).write_keys)
