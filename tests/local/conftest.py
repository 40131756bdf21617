"""A laptop of the tests' own: beside the one you run, from nothing, gone afterwards."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.checkout import ROOT
from cli.laptop import life, local_json, stored
from cli.laptop.bring_up import bring_up
from cli.laptop.first_workspace import ensure_workspace
from cli.laptop.laptop import Laptop


@pytest.fixture(scope="session")
def laptop() -> Iterator[Laptop]:
    """The stack, deployed by cdk to an emulator of the session, with the sample workspace and no events."""
    laptop = Laptop(ROOT / ".headrace" / "tests", collect_port=8180, gateway_port=4666)
    life.stop(laptop)  # of a session that was killed
    stored.wipe(laptop)
    before = dict(os.environ)
    os.environ["HEADRACE_HOME"] = str(laptop.directory)  # for the commands under test
    ports = bring_up(laptop)
    local_json.write(laptop, ports, ensure_workspace(ROOT / "examples" / "shop"))
    yield laptop
    life.stop(laptop)
    shutil.rmtree(laptop.directory)
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def local(laptop: Laptop) -> dict[str, Any]:
    """The content of its local.json."""
    content = local_json.read(laptop)
    assert content is not None
    return content


@pytest.fixture
def empty_laptop(tmp_path: Path) -> Iterator[Laptop]:
    """An emulator that nothing is deployed to; the test starts it."""
    laptop = Laptop(tmp_path / "laptop", collect_port=8280, gateway_port=4766)
    yield laptop
    life.stop(laptop)
