"""`headrace import`: what another system exported, into the stack."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.table import Table

from cli.collect_client import write_key
from cli.console import console, step
from cli.imports import lines
from cli.imports.formats import BY_NAME, Format, recognised
from cli.imports.importing import Import, NotImported
from cli.imports.row import Reading
from cli.imports.sending import Collect
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.stacks import Stack
from shared.aws.tables.imports import DynamoImports
from shared.failures import Unavailable
from shared.imports import ImportProgress

app = typer.Typer()

SHOWN = 20
"""Lines that did not come in, shown one by one; `--rejected` writes all of them."""


@app.command(name="import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="Exported files, gzip or not.")],
    source: Annotated[str, typer.Option(help="The source to import with; its trust must be `server`.")],
    format_: Annotated[
        str | None, typer.Option("--format", help=f"{', '.join(BY_NAME)}; detected if not given.")
    ] = None,
    event: Annotated[
        str | None, typer.Option(help="CleverTap: the event's name, if the file does not begin with it.")
    ] = None,
    timezone: Annotated[
        str, typer.Option(help="The zone of times without an offset, such as Europe/Istanbul.")
    ] = "UTC",
    rejected: Annotated[
        Path | None, typer.Option(help="Write every line that was not accepted to this file, as NDJSON.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Start at the first line, even if the file was imported before.")
    ] = False,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Import what another system exported. Stopped, it goes on where it was; imported before, it does nothing.

    Exit code 1 when a line did not come in.
    """
    zone = _zone(timezone)
    stack = Stack.load(stage)
    imports = DynamoImports(stack["WorkspaceTable"])
    collect = Collect(stack.collect_url, write_key(stack, source))
    not_imported: list[tuple[str, NotImported]] = []
    done: list[tuple[str, ImportProgress]] = []
    before = rejected.read_text() if rejected is not None and rejected.exists() else ""
    goes_on = False
    for path in files:
        try:
            chosen = _format(format_, path)
            progress = _progress(imports, source, path, chosen, again=again)
            if not progress.is_finished:
                goes_on = goes_on or progress.line > 0
                reading = Reading(progress.began_at, zone, event)
                progress = _imported(path, chosen, collect, imports, progress, reading, not_imported)
        except (OSError, EOFError) as error:
            raise Problem(f"{path} cannot be read: {error}") from error
        except Unavailable as error:
            raise Problem(f"The progress cannot be saved: {error}", "Run it again to resume.") from error
        finally:  # whatever stops it, the next run goes on after these lines
            if rejected is not None:
                new = (json.dumps({"file": name, **asdict(one)}) + "\n" for name, one in not_imported)
                rejected.write_text((before if goes_on else "") + "".join(new))
        done.append((path.name, progress))
    if as_json:
        files_ = [{"file": name, **progress.model_dump(mode="json")} for name, progress in done]
        typer.echo(
            json.dumps({"files": files_, "not_imported": [{"file": f, **asdict(t)} for f, t in not_imported]})
        )
    else:
        _show(done, not_imported)
    if any(progress.rejected or progress.unreadable for _, progress in done):
        raise typer.Exit(1)


def _imported(
    path: Path,
    chosen: Format,
    collect: Collect,
    imports: DynamoImports,
    progress: ImportProgress,
    reading: Reading,
    not_imported: list[tuple[str, NotImported]],
) -> ImportProgress:
    total = lines.count(path)
    with step(f"Importing {path.name} ({chosen.name})") as advance:
        run = Import(
            path=path,
            format=chosen,
            collect=collect,
            imports=imports,
            not_imported=lambda one: not_imported.append((path.name, one)),
            advanced=lambda line: advance(line, total),
        )
        return run.run(progress, reading)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Problem(f"There is no time zone {name}", "Examples: UTC, Europe/Istanbul") from error


def _format(name: str | None, path: Path) -> Format:
    if name is None:
        return recognised([line.text for line in islice(lines.not_blank(lines.lines(path)), 2)], path)
    if name not in BY_NAME:
        raise Problem(f"There is no format {name}", f"There are: {', '.join(BY_NAME)}")
    return BY_NAME[name]


def _progress(
    imports: DynamoImports, source: str, path: Path, chosen: Format, *, again: bool
) -> ImportProgress:
    digest = lines.digest(path)
    before = imports.load(source, digest)
    if before is not None and before.format == chosen.name:
        return (
            before.model_copy(
                update={"line": 0, "accepted": 0, "rejected": 0, "unreadable": 0, "is_finished": False}
            )
            if again
            else before
        )
    return ImportProgress(source=source, digest=digest, format=chosen.name, began_at=datetime.now(UTC))


def _show(done: list[tuple[str, ImportProgress]], not_imported: list[tuple[str, NotImported]]) -> None:
    table = Table(box=None)
    for column in ("file", "format", "accepted", "rejected", "unreadable"):
        table.add_column(column, justify="left" if column in ("file", "format") else "right")
    for name, progress in done:
        counts = (progress.accepted, progress.rejected, progress.unreadable)
        table.add_row(name, progress.format, *map(str, counts))
    console.print(table)
    for name, one in not_imported[:SHOWN]:
        why = "; ".join(f"{reason['code']}: {reason['message']}" for reason in one.reasons)
        console.print(f"[red]{name}:{one.number}[/red] {why}", soft_wrap=True)
    if len(not_imported) > SHOWN:
        console.print(f"… and {len(not_imported) - SHOWN} more: --rejected FILE writes them all")
    if any(progress.rejected for _, progress in done):
        console.print("Rejected lines are kept and can be replayed later: headrace rejected list")
