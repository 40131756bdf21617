"""The chapters of the story: each shows one thing, and the command that shows it again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from cli.checkout import ROOT
from cli.console import console, step
from cli.lake.query_output import show
from cli.laptop import inspection
from cli.people.card import card
from cli.stacks import Stack, name_of
from cli.story.readings import Readings
from cli.story.samples import LIBRARY
from shared.fold.profile import Profile
from shared.rejected import RejectedEvent
from shared.stored import people

NEXT = (
    ('send "Complete Purchase" --user {customer} -p amount=2500 -p currency=USD', "another SMS"),
    ("messages --user {customer}", "what was sent, what was not, and why"),
    ("tail", "every event as it arrives"),
    ("rejected list", "what was rejected; rejected replay brings it in once the plan is right"),
    ("apply examples/shop", "after changing a campaign or the plan there"),
    ("init ../my-shop", "a workspace of your own, see docs/first-workspace.md"),
    ("--help", "everything else"),
    ("down", "stop and keep the data"),
)


def deployed(stack: Stack) -> None:
    functions = sum(name.endswith("Function") for name in stack.outputs)
    tables = sum(name.endswith("Table") for name in stack.outputs)
    _heading("Deployed", "status")
    console.print(
        f"{name_of(stack.stage)}, with the CDK: {functions} functions, {tables} tables, a stream, a bus, queues "
        "and a lake. On AWS it is the same stack."
    )


def sent(send: Callable[[], None], read: Readings) -> None:
    _heading("Sample events", "tail")
    with step(f"Sending them with {LIBRARY}, unmodified"):
        send()
    with step("Waiting for what they cause"):
        read.wait_for_person()
        read.wait_for_messages()


def still_there() -> None:
    _heading("Sample events", "tail")
    console.print("Those of the first run are still here; none was sent again.")


def profile(person: Profile | None) -> None:
    if person is None:
        console.print("[yellow]The person did not appear in time.[/yellow]")
        return
    _heading("The profile they made", f"profile {person.key.partition(':')[2]}")
    console.print(card(people.presented(person)))


def messages(found: list[dict[str, Any]], gateway_url: str) -> None:
    _heading("The messages they triggered", "messages")
    said = _said(gateway_url)
    for one in found:
        why = f" ({one['reason']})" if one["reason"] else ""
        console.print(
            f"{one['event']} → {one['campaign']}: {one['channel']} to {one['to']}, {one['status']}{why}",
            markup=False,
        )
        for text in said.get((one["channel"], one["to"]), [])[-1:]:
            console.print(f"    “{text}”", markup=False, style="italic")
    if not found:
        console.print("None so far.")


def _said(gateway_url: str) -> dict[tuple[str, str | None], list[str]]:
    """By channel and address: the texts and subjects that the emulator took, since it started."""
    said: dict[tuple[str, str | None], list[str]] = {
        ("sms", number): texts for number, texts in inspection.texts_by_number(gateway_url).items()
    }
    for email in inspection.emails(gateway_url):
        for address in email["To"]:
            said.setdefault(("email", address), []).append(email["Subject"])
    return said


def rejected(found: list[RejectedEvent]) -> None:
    _heading("The one that was rejected, and why", "rejected list")
    for event in found:
        for reason in event.reasons:
            console.print(f"{event.name}: {reason.code.value}, {reason.message}", markup=False)
    if not found:
        console.print("None is kept.")


def lake(read: Readings) -> None:
    _heading("A query over the lake", f'query "{read.sql()}"')
    show(read.lake())


def what_next(customer: str) -> None:
    console.print("\n[bold]What to try next[/bold]")
    grid = Table.grid(padding=(0, 2))
    for command, why in NEXT:
        grid.add_row(Text(f"{_program()} {command.format(customer=customer)}"), Text(why, style="dim"))
    console.print(grid)


def _heading(what: str, command: str) -> None:
    """With the command that shows it, ready to be copied."""
    console.print(f"\n[bold]{what}[/bold]")
    console.print(Text(f"$ {_program()} {command}", style="dim"), soft_wrap=True)


def _program() -> str:
    """How the command is called from where the user is."""
    if shutil.which("headrace"):
        return "headrace"
    installed = ROOT / ".venv" / "bin" / "headrace"
    here = Path.cwd()
    return str(installed.relative_to(here) if installed.is_relative_to(here) else installed)
