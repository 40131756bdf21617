"""Options that mean the same in every command."""

from __future__ import annotations

from enum import StrEnum
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
