"""What a command prints outlives its reader: the work goes on, and the exit code says what became of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer

from cli import main, output
from cli.console import console, step
from cli.json_output import print_json, print_json_line
from cli.problem import Problem


@contextmanager
def unread() -> Iterator[None]:
    """Standard output is a pipe that nobody reads any more."""
    reader, writer = os.pipe()
    os.close(reader)
    before = sys.stdout
    with os.fdopen(writer, "w") as stream:
        sys.stdout = stream
        try:
            yield
        finally:
            sys.stdout = before


def code_of(monkeypatch: pytest.MonkeyPatch, work: object) -> int:
    """Of a command whose verb is `work`, by way of click as they all go."""
    verb = typer.Typer()
    verb.command()(work)  # type: ignore[type-var]
    monkeypatch.setattr(main, "typed", verb)
    monkeypatch.setattr(sys, "argv", ["headrace"])
    with pytest.raises(SystemExit) as ended:
        main.app()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    "say",
    [
        lambda: print("said", flush=True),
        lambda: console.print("said"),
        lambda: typer.echo(b"said"),
        lambda: print_json({"said": 1}),
        lambda: print_json_line({"said": 1}),
    ],
)
def test_the_work_is_done_when_nobody_reads_what_is_said_before_it(
    say: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = []

    def work() -> None:
        for number in range(3):
            say()  # type: ignore[operator]
            with step("working"):
                done.append(number)

    with unread():
        assert code_of(monkeypatch, work) == 0
    assert done == [0, 1, 2]


def test_a_pipe_gets_utf_8_whatever_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as read, os.fdopen(writer, "w", encoding="latin-1") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert code_of(monkeypatch, lambda: print_json_line({"city": "Łódź, Köln"})) == 0
        stream.close()
        assert read.read().decode() == '{"city":"Łódź, Köln"}\n'


def test_what_a_terminal_cannot_show_is_escaped_and_ends_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.openpty()
    with os.fdopen(reader, "rb", buffering=0) as read, os.fdopen(writer, "w", encoding="latin-1") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert code_of(monkeypatch, lambda: print("Łódź, Köln")) == 0
        assert read.read(100).decode("latin-1") == "\\u0141ód\\u017a, Köln\r\n"


def test_a_problem_is_still_one_when_nobody_reads(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def work() -> None:
        print("said", flush=True)
        raise Problem("It failed")

    with unread():
        assert code_of(monkeypatch, work) == 1
    assert "It failed" in capsys.readouterr().err


def test_what_does_not_fit_on_a_disk_is_a_failure_after_the_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done = []

    def work() -> None:
        print("said", flush=True)
        done.append(1)

    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert code_of(monkeypatch, work) == 1

    assert done == [1]
    assert "No space left" in capsys.readouterr().err


def test_a_verb_without_an_end_learns_that_its_reader_is_gone() -> None:
    with unread(), output.outliving():
        assert not output.reader_is_gone()
        print("said", flush=True)
        assert output.reader_is_gone()

    assert not output.reader_is_gone()


def test_a_program_of_ours_goes_on_without_our_reader(tmp_path: Path) -> None:
    """`headrace deploy | head -1`: the CDK would end in the middle of a deployment."""
    code = "import sys\nfor _ in range(3): print('x' * 9000, flush=True)\nopen('done', 'w')\nsys.exit(3)"

    with unread(), output.outliving():
        ended = output.run_outliving([sys.executable, "-c", code], cwd=tmp_path, env=os.environ)

    assert ended == 3
    assert (tmp_path / "done").exists()


def test_the_installed_command_ends_well_in_head(tmp_path: Path) -> None:
    """The whole of it, in a process of its own: nothing is said of a broken pipe as Python ends, either."""
    code = (
        "import sys; sys.argv = ['headrace', 'init', sys.argv[1], '--yes']\n"
        "from cli.main import app\n"
        "print('first', flush=True)\n"
        "sys.stdin.readline()\n"
        "app()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "shop")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "first\n"
        process.stdout.close()
        process.stdin.write("\n")
        process.stdin.close()
        said = process.stderr.read()

    assert (process.returncode, said) == (0, "")
    assert (tmp_path / "shop" / "workspace.yaml").exists()
