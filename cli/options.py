"""Options that mean the same in every command."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class AwsStage(StrEnum):
    """The targets on AWS."""

    DEV = "dev"
    PROD = "prod"


OnStage = Annotated[
    AwsStage | None,
    typer.Option("--stage", help="A stack on AWS. Without it: this checkout's on the laptop."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
InFolder = Annotated[
    Path | None,
    typer.Argument(
        metavar="DIR", help="A workspace's folder. Without it: the one you are in.", show_default=False
    ),
]
