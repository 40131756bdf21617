"""The `headrace` command: finds the verb, runs it, and says plainly what went wrong."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from cli.checkout import ROOT
from cli.output import outliving
from cli.problem import Problem
from cli.registry import FORMERLY, VERBS, Verb
from shared.authoring.checkout_version import version_of
from shared.failures import Unavailable, UnreadableSlice
from shared.text.spelling import closest

PYDANTICS = "Value error, "
"""What Typer passes on of pydantic before its own sentence about an option's value."""


class Deferred(TyperCommand):
    """A verb whose module is imported when it is called; until then it has a name and a line of help."""

    def __init__(self, name: str, verb: Verb) -> None:
        super().__init__(name=name, help=verb.help, rich_help_panel=verb.panel)
        self._module = f"cli.commands.{verb.module}"

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        command = typer.main.get_command(import_module(self._module).app)
        command.name = self.name
        try:
            return command.make_context(info_name, args, parent=parent, **extra)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix(PYDANTICS)
            raise


class Verbs(TyperGroup):
    """All of the registry, in its order."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  # click's signature
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002  # click's signature
        verb = VERBS.get(FORMERLY.get(cmd_name, cmd_name))
        return Deferred(cmd_name, verb) if verb else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """An unknown verb says which one may have been meant; groups say it of theirs by themselves."""
        typed_verb = args[0] if args else ""
        meant = closest(typed_verb, VERBS) if typed_verb not in {*VERBS, *FORMERLY} else None
        if meant is not None:
            ctx.fail(f"No such command '{typed_verb}'. Did you mean '{meant}'?")
        return super().resolve_command(ctx, args)


typed = typer.Typer(
    name="headrace",
    cls=Verbs,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _version(is_asked: bool) -> None:  # typer's signature
    if is_asked:
        print(f"headrace {version_of(ROOT)}")
        raise typer.Exit


@typed.callback()
def headrace(
    version: Annotated[  # its callback has said it
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="The version of this checkout."),
    ] = False,
) -> None:
    """Collect customer events and act on them, in your own AWS account.

    Exit code 0 on success, 1 when something could not be done, 2 for wrong arguments; `| head` changes neither.
    """


def app() -> None:
    """Run the command line. Exit code 0 only on success, 1 for a problem, 2 for wrong arguments; a reader that goes
    away (`| head -1`) changes neither the work nor the code."""
    with outliving():
        try:
            typed()
        except Problem as problem:
            _say(str(problem), problem.advice)
        except UnreadableSlice as error:
            _say(
                f"The part “{error}” of this person's profile is damaged, or was written by a newer version",
                "Records that need it become dead letters: docs/operating/dead-letters.md.",
            )
        except Unavailable as error:
            _say(
                f"AWS gave an unexpected answer: {error}",
                "Try again in a moment. `headrace status` shows the state of the stack.",
            )


def _say(what: str, advice: str) -> NoReturn:
    print(f"headrace: {what}", file=sys.stderr)
    if advice:
        print(advice, file=sys.stderr)
    raise SystemExit(1)
