"""The `headrace` command: the list of its verbs."""

import typer

app = typer.Typer(name="headrace", no_args_is_help=True)


@app.callback()
def headrace() -> None:
    """Collect customer events and act on them, in your own AWS account."""
