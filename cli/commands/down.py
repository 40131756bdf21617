"""`headrace down`: stop the laptop stack so that the next `up` finds everything as it was."""

from __future__ import annotations

import typer

from cli.console import console, step
from cli.laptop import life
from cli.laptop.laptop import Laptop

app = typer.Typer()


@app.command()
def down() -> None:
    """Stop the emulator and wait until it has saved what it stores."""
    laptop = Laptop.of_this_checkout()
    if life.running(laptop) is None:
        console.print("Nothing is running.")
        return
    with step("Stopping, and saving what is stored"):
        life.stop(laptop)
