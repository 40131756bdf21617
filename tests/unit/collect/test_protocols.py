"""All wire formats are alike: what their packages offer, what they may import, and what is written about them."""

from __future__ import annotations

import ast
import subprocess
import sys
from inspect import signature
from pathlib import Path

import pytest

from functions.collect import protocols
from functions.collect.adapter.wire_format import WireFormat, no_other_calls
from functions.collect.routing import openapi

ROOT = Path(__file__).parents[3]
PACKAGES = ROOT / "functions" / "collect" / "protocols"
FILES = {"__init__.py", "reading.py", "answers.py", "raw.py"}

PARAMETERS = {
    "authenticate": ["call", "sources"],
    "parse": ["call", "delivery"],
    "again": ["call", "raw", "common", "delivery"],
    "answer": ["call", "outcome"],
    "refuse": ["call", "refused"],
    "other_calls": ["call", "source", "lookups"],
}


@pytest.mark.parametrize("name", protocols.NAMES)
def test_a_package_has_the_files_and_functions_that_all_have(name: str) -> None:
    format_ = protocols.wire_format(name)
    assert format_.name == name
    assert {file.name for file in (PACKAGES / name).glob("*.py")} >= FILES
    for function, expected in PARAMETERS.items():
        given = list(signature(getattr(format_, function)).parameters)
        assert [one.removeprefix("_") for one in given] == expected, function


def test_every_function_of_a_format_is_listed_here() -> None:
    assert {name for name, type_ in WireFormat.__annotations__.items() if "Callable" in str(type_)} == set(
        PARAMETERS
    )


@pytest.mark.parametrize("name", protocols.NAMES)
def test_a_format_answers_other_calls_where_it_has_routes_for_them(name: str) -> None:
    format_ = protocols.wire_format(name)
    has_others = any(route.kind not in ("events", "rehearsal") for route in format_.routes)
    assert has_others == (format_.other_calls is not no_other_calls)


@pytest.mark.parametrize("name", protocols.NAMES)
def test_a_protocol_knows_no_other(name: str) -> None:
    own = f"functions.collect.protocols.{name}"
    for file in (PACKAGES / name).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                "functions.collect.protocols"
            ):
                assert (node.module or "").startswith(own), f"{file.name} imports {node.module}"


def test_only_the_packages_know_a_vendor() -> None:
    """Names of protocols stand in their packages and in the table of claims, nowhere else in `collect`."""
    collect = ROOT / "functions" / "collect"
    others = [file for file in collect.rglob("*.py") if not file.is_relative_to(PACKAGES)]

    assert len(others) > 60
    for file in others:
        text = file.read_text().lower()
        for name in protocols.NAMES:
            assert f'"{name}"' not in text, f"{file.name} names {name}"


@pytest.mark.parametrize("name", protocols.NAMES)
def test_every_route_is_found_by_its_own_path(name: str) -> None:
    for route in protocols.wire_format(name).routes:
        path = route.path.replace("{", "").replace("}", "")
        found = protocols.find(path)
        assert found is not None, route
        assert found.protocol == name, route
        assert found.routes[route.method] == route, route


def test_a_cold_start_loads_no_wire_format() -> None:
    """Each is loaded when a path of its own is first asked for."""
    code = (
        "import sys, functions.collect.handler;"
        "print([name for name in sys.modules if name.startswith('functions.collect.protocols.')])"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert loaded.stdout.strip() == "[]"


def test_no_format_loads_the_shapes_that_are_for_type_checkers() -> None:
    code = (
        "import sys; from functions.collect import protocols\n"
        "for name in protocols.NAMES: protocols.wire_format(name)\n"
        "print([name for name in sys.modules if name.endswith('.raw')])"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert loaded.stdout.strip() == "[]"


def test_the_description_of_the_api_is_what_the_routes_say() -> None:
    written = (ROOT / "docs" / "openapi.json").read_text()
    assert written == openapi.text(), "write it again: make openapi"


@pytest.mark.parametrize("name", protocols.NAMES)
def test_every_protocol_has_a_page_that_is_listed(name: str) -> None:
    page = ROOT / "docs" / "protocols" / f"{name.replace('_', '-')}.md"
    assert page.is_file()
    assert f"protocols/{page.name}" in (ROOT / "docs" / "collecting.md").read_text()
