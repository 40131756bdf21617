"""`headrace cost`: what a stage costs for a load, line by line, and what would make it cheaper. It asks AWS nothing."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import orjson
import typer
from pydantic import ValidationError

from cli import settings_in_force
from cli.console import console
from cli.cost import output, tables
from cli.cost.advice import advice, warnings
from cli.cost.bill import TIMELINE_DAYS, bill
from cli.cost.measurements import measured
from cli.cost.traffic import Load
from cli.cost.usage import usage
from cli.json_output import print_json
from cli.options import AsJson, AwsStage
from cli.problem import Problem
from shared.workspace.model import Settings

app = typer.Typer()

OF_THE_WORKSPACE = "timeline_days"

TABLES, PROVISIONED = "tables", "provisioned"
"""Short for a `table_capacity` that fits the load."""


class Whose(StrEnum):
    ONE = "one"
    ANYBODY = "anybody"


@app.command()
def cost(
    rate: Annotated[float, typer.Option(min=0.01, max=1_000_000, help="Events a second.")] = 100,
    per_request: Annotated[int, typer.Option(min=1, max=5_000, help="Events in one request.")] = 20,
    people: Annotated[
        Whose,
        typer.Option(help="Whose events a request has: one person's (an app), or anybody's (a server)."),
    ] = Whose.ONE,
    stage: Annotated[AwsStage, typer.Option(help="Whose settings it has.")] = AwsStage.PROD,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="As if this setting were so. May be given several times."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what a stage costs for a load of events of 1 KB, a month and a million, idle included.

    Example: headrace cost --rate 100 --per-request 20 --people one --stage prod --set stream_shards=1
    """
    supposed = dict(map(_change, changes or []))
    days = _timeline_days(supposed.pop(OF_THE_WORKSPACE, TIMELINE_DAYS))
    provisioned = supposed.pop(TABLES, None)
    if provisioned not in (None, PROVISIONED):
        raise Problem(f"{TABLES} may be {PROVISIONED}, not {provisioned}", "See table_capacity for the rest.")
    settings = {**settings_in_force.supposed(stage, supposed), OF_THE_WORKSPACE: days}
    found = measured()
    load = Load(rate, per_request, people.value)
    if provisioned:
        settings["table_capacity"] = tables.fitting(usage(load, settings, found), rate)
    now = bill(load, settings, found)
    advised, warned = advice(now, found), warnings(now, found)
    if as_json:
        print_json(output.as_json(stage, now, advised, warned, found))
        return
    for line in output.as_lines(stage, now, advised, warned, found):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _timeline_days(supposed: Any) -> int:
    """Raises Problem for what a workspace could not have."""
    try:
        return Settings.model_validate({OF_THE_WORKSPACE: supposed}, strict=True).timeline_days
    except ValidationError as error:
        wrong = error.errors()[0]["msg"]
        raise Problem(
            f"The settings cannot be used:\n{OF_THE_WORKSPACE}: {wrong}",
            "It is a setting of the workspace, in days: docs/workspace.md.",
        ) from error


def _change(said: str) -> tuple[str, Any]:
    """A value is what it would be in JSON, else text."""
    name, given, value = said.partition("=")
    if not given or not name:
        lacks = "name" if given else "value"
        raise Problem(f"--set {said} has no {lacks}", "For example: --set stream_shards=1")
    try:
        return name, orjson.loads(value)
    except orjson.JSONDecodeError:
        return name, value
