"""Fixtures that more than one folder of unit tests uses."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

WriteFiles = Callable[..., Path]


@pytest.fixture(autouse=True)
def no_laptop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Commands that follow the laptop's stack must not find the one of whoever runs the tests."""
    monkeypatch.setenv("HEADRACE_HOME", str(tmp_path / "no-laptop"))


@pytest.fixture
def folder(tmp_path: Path) -> WriteFiles:
    """Write a workspace folder: file names (`plan_yaml` is plan.yaml) and their text, indentation taken off."""

    def write(files: dict[str, str] | None = None, **named: str) -> Path:
        written = {"workspace.yaml": "name: test\n", **(files or {})}
        written |= {f"{name.removesuffix('_yaml')}.yaml": text for name, text in named.items()}
        for name, text in written.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")
        return tmp_path

    return write
