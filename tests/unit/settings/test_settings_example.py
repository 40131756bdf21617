"""headrace.example.yaml names every setting, and its default truly."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import orjson

from infra.settings.example import text
from infra.settings.file import CHECKOUT, NAMES, in_force
from infra.settings.schema import schema
from infra.settings.stages import TARGETS

EXAMPLE = CHECKOUT / "headrace.example.yaml"
SETTING = re.compile(r"^  # ([a-z_]+): ", re.MULTILINE)


def test_the_committed_example_is_fresh() -> None:
    assert EXAMPLE.read_text() == text(), "write it again: make settings"


def test_the_committed_schema_is_fresh() -> None:
    committed = orjson.loads((CHECKOUT / "docs" / "schemas" / "settings.json").read_bytes())

    assert committed == schema(), "write it again: make settings"


def test_the_schema_knows_every_section_and_explains_every_setting() -> None:
    found = schema()
    settings = found["$defs"]["Section"]["properties"]

    assert set(found["properties"]) == {"all", *TARGETS}
    assert set(settings) == set(NAMES)
    assert all(setting["description"] for setting in settings.values())
    assert str(CHECKOUT) not in str(found), "nothing of the machine that wrote it"


def test_a_users_own_files_are_none_of_gits() -> None:
    """A pull never meets them."""
    ignored = (CHECKOUT / ".gitignore").read_text().splitlines()

    assert {"/headrace.yaml", "/routes.py"} <= set(ignored)


def test_as_it_stands_it_changes_nothing() -> None:
    assert in_force(EXAMPLE) == TARGETS


def test_it_explains_every_setting_once_and_says_its_default_truly(tmp_path: Path) -> None:
    written = EXAMPLE.read_text()
    of_prod = written[written.index("\nprod:") : written.index("\ndev:")]
    copy = tmp_path / "headrace.yaml"
    copy.write_text(SETTING.sub(r"  \1: ", written))
    routes = tmp_path / "infra" / "routes.py"  # a path is looked for beside the file that names it
    routes.parent.mkdir()
    routes.touch()

    assert sorted(SETTING.findall(of_prod)) == list(NAMES)
    assert in_force(copy) == TARGETS | {"prod": replace(TARGETS["prod"], routes=routes)}
    assert len(re.findall(r"^  ##", of_prod, re.MULTILINE)) >= len(NAMES)
