"""Which Headrace it is: of the checkout, for the command, the stack and whoever goes back to another."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.checkout import ROOT
from cli.main import typed
from shared.authoring.checkout_version import declared, version_of

VERSION = "0.1.0"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "headrace"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(f'[project]\nname = "headrace"\nversion = "{VERSION}"\n')
    return folder


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@shop.example")
    done = subprocess.run(
        ["git", "-C", str(folder), *who, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def committed(folder: Path) -> str:
    """The commit."""
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return git(folder, "rev-parse", "HEAD")


def test_a_checkout_without_git_has_the_version_that_it_declares(checkout: Path) -> None:
    assert version_of(checkout) == declared(checkout) == VERSION


def test_a_commit_is_named_so_that_git_finds_it(checkout: Path) -> None:
    commit = committed(checkout)

    version, _, short = version_of(checkout).partition("+")
    assert version == VERSION
    assert git(checkout, "rev-parse", short) == commit


def test_a_change_is_said_and_files_of_ones_own_are_none(checkout: Path) -> None:
    committed(checkout)
    (checkout / "headrace.yaml").write_text("all: {}\n")
    assert not version_of(checkout).endswith(".changed")

    (checkout / "pyproject.toml").write_text(f'[project]\nversion = "{VERSION}"\n')
    assert version_of(checkout).endswith(".changed")


def test_in_a_folder_of_another_repository_its_commit_is_not_taken_for_ours(checkout: Path) -> None:
    committed(checkout.parent)

    assert version_of(checkout) == VERSION


def test_without_git_on_the_path_it_is_the_declared_one(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed(checkout)
    monkeypatch.setenv("PATH", str(checkout))

    assert version_of(checkout) == VERSION


def test_the_command_says_it() -> None:
    said = CliRunner().invoke(typed, ["--version"])

    assert (said.exit_code, said.stdout) == (0, f"headrace {version_of(ROOT)}\n")
    assert re.match(rf"headrace {re.escape(declared(ROOT))}(\+[0-9a-f]{{12}}(\.changed)?)?$", said.stdout)


def test_pages_name_no_tag_of_git_for_there_is_none() -> None:
    pages = [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]

    assert [page.name for page in pages if "checkout <tag>" in page.read_text(encoding="utf-8")] == []
