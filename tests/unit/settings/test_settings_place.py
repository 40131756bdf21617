"""Where the settings file is, and what belongs to it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shared.authoring.user_settings import NoSuchFile, read_files, settings_file


def test_without_one_there_is_none(tmp_path: Path) -> None:
    assert settings_file(tmp_path, None) is None
    assert settings_file(tmp_path, "") is None


def test_the_checkouts_own_is_used_and_a_named_one_before_it(tmp_path: Path) -> None:
    own, named = tmp_path / "headrace.yaml", tmp_path / "elsewhere" / "shop.yaml"
    own.touch()
    named.parent.mkdir()
    named.touch()

    assert settings_file(tmp_path, None) == own
    assert settings_file(tmp_path, str(named)) == named
    assert settings_file(tmp_path, os.devnull) is None


def test_a_relative_name_is_the_callers_directorys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop.yaml").touch()
    monkeypatch.chdir(tmp_path)

    assert settings_file(Path("/"), "shop.yaml") == tmp_path / "shop.yaml"


def test_a_file_above_is_named_without_dots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop.yaml").touch()
    (tmp_path / "checkout").mkdir()
    monkeypatch.chdir(tmp_path / "checkout")

    assert settings_file(Path("/"), "../shop.yaml") == tmp_path / "shop.yaml"


def test_dots_after_a_link_mean_what_the_system_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ops" / "deep").mkdir(parents=True)
    (tmp_path / "ops" / "shop.yaml").touch()
    (tmp_path / "here").symlink_to(tmp_path / "ops" / "deep")

    assert (
        settings_file(Path("/"), str(tmp_path / "here" / ".." / "shop.yaml"))
        == tmp_path / "ops" / "shop.yaml"
    )


@pytest.mark.parametrize("named", ["missing.yaml", "."])
def test_a_named_file_that_is_not_there_is_told(tmp_path: Path, named: str) -> None:
    with pytest.raises(NoSuchFile, match="no settings file"):
        settings_file(tmp_path, str(tmp_path / named))


def test_a_file_under_a_name_that_is_not_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "headrace.yml").touch()

    with pytest.raises(NoSuchFile, match=r"headrace\.yml is not read: settings are in headrace\.yaml"):
        settings_file(tmp_path, None)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("prod: [", []),
        ("- a", []),
        ("prod: 4\ndev: {routes: 5}\nlocal: {routes: missing.py}", []),
        ("all: {routes: a.py}\nprod: {routes: b.py}\ndev: {routes: a.py}", ["a.py", "b.py"]),
    ],
)
def test_the_routes_that_a_file_names_belong_to_it(tmp_path: Path, text: str, names: list[str]) -> None:
    file = tmp_path / "headrace.yaml"
    file.write_text(text)
    for name in ("a.py", "b.py"):
        (tmp_path / name).touch()

    assert read_files(file) == [file, *(tmp_path / name for name in names)]
