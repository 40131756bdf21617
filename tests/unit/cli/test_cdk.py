"""Running the cdk command: what is heard while it runs, and what is said when it fails."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from cli import cdk
from cli.problem import Problem


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in cdk's place; the test writes what it does, in Python."""
    path = tmp_path / "cdk"
    path.touch(mode=0o700)
    monkeypatch.setattr(cdk, "PROGRAM", path)
    return path


def does(program: Path, code: str) -> None:
    program.write_text(f"#!{sys.executable}\n{code}\n")


def test_resources_are_counted_as_they_are_deployed(program: Path, tmp_path: Path) -> None:
    does(
        program,
        "print('headrace-local |   0/130 | 6:53:21 PM | CREATE_IN_PROGRESS | AWS::SQS::Queue | A')\n"
        "print('Stack ARN: 1/2 |')\n"
        "print('headrace-local | 130/130 | 6:53:29 PM | CREATE_COMPLETE | AWS::SQS::Queue | A')",
    )
    heard: list[tuple[int, int]] = []

    cdk.run_logged(
        ["deploy"], env=os.environ, log=tmp_path / "log", advance=lambda done, of: heard.append((done, of))
    )

    assert heard == [(0, 130), (130, 130)]


def test_a_failure_shows_the_end_of_what_it_said_and_where_all_of_it_is(
    program: Path, tmp_path: Path
) -> None:
    does(program, "import sys; print('no such bucket', file=sys.stderr); sys.exit(1)")

    with pytest.raises(Problem, match="cdk deploy failed:\nno such bucket") as caught:
        cdk.run_logged(["deploy"], env=os.environ, log=tmp_path / "log")

    assert str(tmp_path / "log") in caught.value.advice
    assert (tmp_path / "log").read_text() == "no such bucket\n"


def test_without_the_program_it_says_how_to_install_it(program: Path, tmp_path: Path) -> None:
    program.unlink()

    with pytest.raises(Problem) as caught:
        cdk.run_logged(["synth"], env=os.environ, log=tmp_path / "log")

    assert "make setup" in caught.value.advice


def test_the_cdk_gets_the_settings_file_that_the_caller_named_from_where_they_stood(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    does(
        program,
        f"import os; open({str(tmp_path / 'seen')!r}, 'a').write(os.environ['HEADRACE_SETTINGS'] + ';')",
    )
    (tmp_path / "shop.yaml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEADRACE_SETTINGS", "shop.yaml")

    cdk.run_logged(["synth"], env=os.environ, log=tmp_path / "log")
    cdk.run_attached(["deploy"])

    assert (tmp_path / "seen").read_text() == f"{tmp_path / 'shop.yaml'};" * 2


def test_the_cdk_is_told_that_there_is_no_settings_file(program: Path, tmp_path: Path) -> None:
    """A file that the CDK's own context names would be another than `headrace settings` shows."""
    does(program, f"import os; open({str(tmp_path / 'seen')!r}, 'w').write(os.environ['HEADRACE_SETTINGS'])")

    cdk.run_attached(["deploy"])

    assert (tmp_path / "seen").read_text() == os.devnull
