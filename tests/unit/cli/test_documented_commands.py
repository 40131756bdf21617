"""Every `headrace` command that the project names is there, with its options: in the documentation, in what the command
itself advises, in docstrings and messages.

In prose the project is called Headrace; `headrace` before a word in lower case is the command.
"""

from __future__ import annotations

import re
import shlex
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer

from cli.commands.logs import functions_named
from cli.problem import Problem
from cli.registry import VERBS
from cli.stacks import Stack
from cli.story.chapters import NEXT
from shared.messaging.channels import QUEUES

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = ("docs", "examples", "cli", "functions", "infra", "shared", "benchmarks", ".github")
KINDS = {".md", ".py", ".yaml", ".yml", ".json", ".js", ".html", ".sql", ".toml"}
FILES = sorted(
    [
        *ROOT.glob("*.md"),
        ROOT / "Makefile",
        ROOT / "pyproject.toml",
        *(file for folder in FOLDERS for file in (ROOT / folder).rglob("*") if file.suffix in KINDS),
    ]
)

NAMED = re.compile(r"(?<![\w./-])(?:\.venv/bin/)?headrace +(?=([a-z][^\n]*))")
NO_COMMANDS = ("headrace botocore/",)
"""Text in which `headrace` is no command: a user agent."""

WORD, OPTION = re.compile(r"[a-z][a-z-]*"), re.compile(r"(?<![\w-])--[a-z][a-z-]*")
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"^ *Example: (headrace .*)$", re.MULTILINE)
QUOTED = re.compile(r"`(?:\.venv/bin/)?headrace +([a-z][^`\n]*)`")
FILLED_IN, ALTERNATIVES = re.compile(r"\{[^}]*\}"), re.compile(r"(\w+)(?:\|\w+)+")
BEHIND_IT = re.compile(r"[`\"'#·;|]|&&| headrace ")
"""Where a command ends on its line: at a comment, another command, the end of a quotation."""

UsageError = typer.BadParameter.__bases__[0]
MissingParameter = import_module(typer.BadParameter.__module__).MissingParameter

AFTER_LOGS = {"says", "say", "what"}
"""Words that go on with the sentence. `headrace logs` takes the name of a function, which click cannot check."""

FUNCTIONS = {
    *re.findall(r'"(\w+Function)"(?:: |\] = )', (ROOT / "infra" / "outputs.py").read_text(encoding="utf-8")),
    *(f"Send{queue.capitalize()}Function" for queue in QUEUES),
}
"""Outputs of the stack."""


class Mention(NamedTuple):
    file: str
    words: str
    """From the verb on, as far as the command can reach."""


def mentions_in(file: Path) -> list[Mention]:
    text = file.read_text(encoding="utf-8")
    for other in NO_COMMANDS:
        text = text.replace(other, "")
    return [Mention(str(file.relative_to(ROOT)), words) for words in named(text)]


def named(text: str) -> list[str]:
    return [BEHIND_IT.split(words, maxsplit=1)[0].strip() for words in NAMED.findall(text)]


def lines_in(file: Path) -> list[Mention]:
    """Whole commands, as they are typed: in a page's blocks of code, and examples of docstrings."""
    text = file.read_text(encoding="utf-8")
    blocks = [code for kind, code in FENCE.findall(text) if kind in ("", "sh", "bash", "console")]
    typed = "\n".join([*blocks, *EXAMPLE.findall(text)]).replace("\\\n", " ")
    lines = (line.strip().removeprefix("$ ").removeprefix(".venv/bin/") for line in typed.splitlines())
    return [
        Mention(str(file.relative_to(ROOT)), line.removeprefix("headrace "))
        for line in lines
        if line.startswith("headrace ")
    ]


def quoted_in(file: Path) -> list[Mention]:
    """What stands between backticks: a command as far as it is written there, or as much of it as names the verb."""
    text = file.read_text(encoding="utf-8")
    for other in NO_COMMANDS:
        text = text.replace(other, "")
    return [Mention(str(file.relative_to(ROOT)), words.strip()) for words in QUOTED.findall(text)]


MENTIONS = sorted({mention for file in FILES for mention in mentions_in(file)})
QUOTATIONS = sorted({mention for file in FILES for mention in quoted_in(file)})
LINES = sorted({line for file in FILES if file.suffix in (".md", ".py") for line in lines_in(file)})


@cache
def verb(name: str) -> Any:
    assert name in VERBS, f"there is no `headrace {name}`"
    return typer.main.get_command(import_module(f"cli.commands.{VERBS[name].module}").app)


def is_group(found: Any) -> bool:
    return hasattr(found, "commands")


def command(words: str) -> Any:
    """The command that the words begin with; a group where they say no more."""
    first, *following = words.split()
    found = verb(WORD.match(first).group())  # type: ignore[union-attr]
    second = WORD.fullmatch(following[0].rstrip(".,:")) if following else None
    if is_group(found) and second is not None:
        assert second.group() in found.commands, f"`headrace {first}` has no `{second.group()}`"
        return found.commands[second.group()]
    return found


def options(found: Any) -> set[str]:
    """Those of the command; of a group, of any of its commands, for prose may leave out which."""
    own = {option for parameter in found.params for option in (*parameter.opts, *parameter.secondary_opts)}
    inner = found.commands.values() if is_group(found) else ()
    return own.union({"--help"}, *map(options, inner))


@pytest.mark.parametrize("mention", MENTIONS, ids=lambda mention: f"{mention.file}: {mention.words}"[:120])
def test_a_command_that_is_named_is_there_with_its_options(mention: Mention) -> None:
    assert set(OPTION.findall(mention.words)) <= options(command(mention.words))


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.file}: {line.words}"[:120])
def test_a_command_that_is_shown_can_be_typed_so(line: Mention) -> None:
    """Its arguments are parsed, nothing is run: unknown, missing and too many ones are refused."""
    arguments = shlex.split(line.words, comments=True)
    ends = (n for n, argument in enumerate(arguments) if argument in {"|", ">", ">>", "&&", ";", "<"})
    arguments = arguments[: next(ends, len(arguments))]
    first, *rest = arguments
    found = verb(first)
    if is_group(found) and not (found.invoke_without_command and (not rest or rest[0].startswith("-"))):
        assert rest, f"`headrace {first}` needs a command"
        assert rest[0] in found.commands, f"`headrace {first}` has no `{rest[0]}`"
        found, rest = found.commands[rest[0]], rest[1:]
    found.make_context(first, list(rest))


@pytest.mark.parametrize("quoted", QUOTATIONS, ids=lambda quoted: f"{quoted.file}: {quoted.words}"[:120])
def test_a_command_that_is_quoted_has_such_arguments(quoted: Mention) -> None:
    """Fewer than it takes: the verb is meant. More, or others, than it takes: nobody can type it."""
    words = re.split(r" \| | && ", ALTERNATIVES.sub(r"\1", FILLED_IN.sub("x", quoted.words)))[0]
    first, *rest = (word for word in shlex.split(words) if word not in ("…", "...", "[…]"))
    found = verb(first)
    if is_group(found) and rest and not rest[0].startswith("-"):
        assert rest[0] in found.commands, f"`headrace {first}` has no `{rest[0]}`"
        found, rest = found.commands[rest[0]], rest[1:]
    if is_group(found) and not rest:
        return
    with suppress(MissingParameter):
        found.make_context(first, list(rest))


OF_LOGS = [mention for mention in MENTIONS if re.match(r"logs [a-z]", mention.words)]


@pytest.mark.parametrize("mention", OF_LOGS, ids=lambda mention: f"{mention.file}: {mention.words}"[:120])
def test_a_function_whose_log_is_named_is_one_of_the_stack(mention: Mention) -> None:
    word = mention.words.split()[1].rstrip(".,:;")
    if word not in AFTER_LOGS:
        functions_named(Stack("prod", "", {name: name for name in FUNCTIONS}), word)


def test_the_functions_of_the_stack_are_known_here() -> None:
    assert {"CollectFunction", "ProcessFunction", "SendEmailFunction"} <= FUNCTIONS
    assert len(FUNCTIONS) == 12
    assert len(OF_LOGS) > 5
    with pytest.raises(Problem):
        test_a_function_whose_log_is_named_is_one_of_the_stack(Mention("x.py", "logs send_email say why"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Run `headrace rejected list --since 7d` now", ["rejected list --since 7d"]),
        ('Problem("It is not there", "Start it: headrace up")', ["up"]),
        ("headrace deploy --stage prod   # or: cdk deploy --all", ["deploy --stage prod"]),
        ("headrace destroy --yes && headrace up", ["destroy --yes", "up"]),
        (
            "headrace rejected replay --since 24h  ·  headrace rejected list",
            ["rejected replay --since 24h", "rejected list"],
        ),
        ("`headrace` starts; see headrace.yaml, /etc/headrace and the Headrace team", []),
        ("\t.venv/bin/headrace lint examples/shop", ["lint examples/shop"]),
    ],
)
def test_how_commands_are_found(text: str, expected: list[str]) -> None:
    assert named(text) == expected


def test_they_are_found_wherever_they_are_named() -> None:
    for folder in ("docs", "cli", "shared", "functions", "examples", "README.md", "CHANGELOG.md"):
        assert any(mention.file.startswith(folder) for mention in MENTIONS), folder
    assert len(LINES) > 10


def test_a_target_of_make_that_a_page_names_is_there() -> None:
    pages = "\n".join(file.read_text(encoding="utf-8") for file in FILES if file.suffix == ".md")
    code = "\n".join(block for _, block in FENCE.findall(pages))
    named = {*re.findall(r"`make ([a-z-]+)", pages), *re.findall(r"^make ([a-z-]+)", code, re.MULTILINE)}
    assert {"run", "test", "check"} <= named
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert named <= set(targets)


def test_a_target_of_make_that_a_page_names_is_in_its_help() -> None:
    pages = "\n".join(file.read_text(encoding="utf-8") for file in FILES if file.suffix == ".md")
    code = "\n".join(block for _, block in FENCE.findall(pages))
    named = {*re.findall(r"`make ([a-z-]+)", pages), *re.findall(r"^make ([a-z-]+)", code, re.MULTILINE)}
    helped = re.findall(
        r"^([a-z-]+):[^#\n]*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert "setup" in named
    assert named <= set(helped)


def test_the_page_on_a_workspace_of_ones_own_begins_without_the_sample() -> None:
    page = (ROOT / "docs" / "first-workspace.md").read_text(encoding="utf-8")
    typed = [
        line for line in FENCE.findall(page)[0][1].splitlines() if line.startswith(("make ", "headrace "))
    ]
    assert [line.split()[1] for line in typed] == ["setup", "init", "up"]
    assert typed[1].split()[2] == typed[2].split("--workspace ")[1]
    assert any("init " in command for command, _ in NEXT)  # what make run ends with


@pytest.mark.parametrize("wrong", ["erase ana@shop.example", "rejected mend", "query --no-such-option"])
def test_a_command_that_is_not_there_is_noticed(wrong: str) -> None:
    with pytest.raises(AssertionError):
        test_a_command_that_is_named_is_there_with_its_options(Mention("docs/page.md", wrong))


@pytest.mark.parametrize(
    "wrong", ["keys a b", "status --stage production", "logs collect process", "rejected mend"]
)
def test_a_quotation_that_cannot_be_typed_so_is_noticed(wrong: str) -> None:
    with pytest.raises((AssertionError, UsageError)):
        test_a_command_that_is_quoted_has_such_arguments(Mention("docs/page.md", wrong))


@pytest.mark.parametrize("wrong", ["query --no-such-option", "init", "keys a b c d", "rejected"])
def test_a_line_that_cannot_be_typed_so_is_noticed(wrong: str) -> None:
    with pytest.raises((AssertionError, UsageError)):
        test_a_command_that_is_shown_can_be_typed_so(Mention("docs/page.md", wrong))
