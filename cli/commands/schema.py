"""`headrace schema DIR`: the JSON Schemas that editors check and complete workspace files with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer

from cli.console import console
from shared.authoring.files.json_schema import schemas

app = typer.Typer()


@app.command()
def schema(
    directory: Annotated[Path, typer.Argument(help="The folder to write them to; created if missing.")],
) -> None:
    """Write one JSON Schema per kind of workspace file."""
    directory.mkdir(parents=True, exist_ok=True)
    for kind, content in schemas().items():
        path = directory / f"{kind}.json"
        path.write_bytes(written(content))
        console.print(f"{path}: # yaml-language-server: $schema=…/{path.name}", soft_wrap=True)


def written(content: object) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
