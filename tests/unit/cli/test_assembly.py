"""When the stack is synthesised again."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli import settings_place
from cli.laptop import assembly
from cli.problem import Problem


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one file of everything that goes into an assembly."""
    for name in ("functions/a.py", "infra/b.py", "shared/c.py", *assembly.FILES):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("first")
    monkeypatch.setattr(assembly, "ROOT", tmp_path)
    monkeypatch.setattr(settings_place, "ROOT", tmp_path)
    monkeypatch.delenv("HEADRACE_SETTINGS")
    monkeypatch.setattr(assembly, "BUILT", tmp_path / ".headrace" / "assembly")
    return tmp_path


def test_the_same_code_has_the_same_fingerprint(checkout: Path) -> None:
    assert assembly.fingerprint() == assembly.fingerprint()


@pytest.mark.parametrize("name", ["functions/a.py", "infra/b.py", "shared/c.py", *assembly.FILES])
def test_a_change_to_what_goes_into_it_changes_the_fingerprint(checkout: Path, name: str) -> None:
    before = assembly.fingerprint()
    (checkout / name).write_text("second")

    assert assembly.fingerprint() != before


def test_a_new_file_and_a_moved_one_change_the_fingerprint(checkout: Path) -> None:
    before = assembly.fingerprint()
    (checkout / "shared" / "d.py").write_text("")
    with_new = assembly.fingerprint()
    (checkout / "shared" / "d.py").rename(checkout / "shared" / "e.py")

    assert len({before, with_new, assembly.fingerprint()}) == 3


def test_a_change_to_the_users_settings_and_routes_changes_the_fingerprint(checkout: Path) -> None:
    seen = [assembly.fingerprint()]
    for name, content in (
        ("headrace.yaml", "local: {routes: own/routes.py}"),
        ("own/routes.py", "ROUTES = ()"),
        ("own/routes.py", "ROUTES = []"),
    ):
        (checkout / name).parent.mkdir(exist_ok=True)
        (checkout / name).write_text(content)
        seen.append(assembly.fingerprint())

    assert len(set(seen)) == 4
    (checkout / "headrace.yaml").unlink()
    assert assembly.fingerprint() == seen[0]


def test_settings_kept_elsewhere_count_too(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = assembly.fingerprint()
    file = tmp_path_factory.mktemp("elsewhere") / "shop.yaml"
    monkeypatch.setenv("HEADRACE_SETTINGS", str(file))
    with pytest.raises(Problem, match=r"no settings file .*shop\.yaml"):
        assembly.fingerprint()
    file.write_text("local: {}")

    assert assembly.fingerprint() != before


def test_compiled_files_and_the_command_itself_do_not(checkout: Path) -> None:
    before = assembly.fingerprint()
    (checkout / "shared" / "__pycache__").mkdir()
    (checkout / "shared" / "__pycache__" / "c.pyc").write_text("")
    (checkout / "cli").mkdir()
    (checkout / "cli" / "up.py").write_text("")

    assert assembly.fingerprint() == before


def test_an_assembly_is_fresh_only_for_the_code_it_was_made_from(checkout: Path) -> None:
    (checkout / ".headrace").mkdir()
    (checkout / ".headrace" / "assembly.fingerprint").write_text("of this code")

    assert assembly.is_fresh("of this code")
    assert not assembly.is_fresh("of other code")


def test_without_an_assembly_nothing_is_fresh(checkout: Path) -> None:
    assert not assembly.is_fresh(assembly.fingerprint())
