"""A laptop of the tests' own: beside the one you run, from nothing, gone afterwards."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from cli.applying import local_json
from cli.applying.first_workspace import ensure_workspace
from cli.checkout import ROOT
from cli.laptop import life, stored
from cli.laptop.bring_up import bring_up
from cli.laptop.laptop import Laptop
from cli.stacks import Stack
from shared.authoring.user_settings import VARIABLE
from tests.chromium import chromium
from tests.local.shop import Shop, changed_shop, eventually, identify, settled, track

APIS = ("http", "rest")

REST_API = Path(__file__).with_name("rest_api.yaml")
"""The settings of a stack with the second."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--api", choices=APIS, default="http", help="The kind of API in front of tests/local's stack."
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test is for the HTTP API, the default, unless it is marked with the kinds of API that it is for."""
    api = config.getoption("--api")
    chosen: list[pytest.Item] = []
    others: list[pytest.Item] = []
    for item in items:
        mark = item.get_closest_marker("api")
        ours = "tests/local/" in item.path.as_posix()
        (chosen if not ours or api in (mark.args if mark else ("http",)) else others).append(item)
    items[:] = chosen
    config.hook.pytest_deselected(items=others)


@pytest.fixture(scope="session")
def api(pytestconfig: pytest.Config) -> str:
    """The kind of API in front of the session's stack."""
    return str(pytestconfig.getoption("--api"))


@pytest.fixture(scope="session")
def laptop(api: str) -> Iterator[Laptop]:
    """The stack, deployed by cdk to an emulator of the session, with the sample workspace and no events."""
    directory = Path(os.environ.get("HEADRACE_TEST_HOME") or ROOT / ".headrace" / "tests")
    laptop = Laptop(directory, collect_port=8180, gateway_port=4666)
    life.stop(laptop)  # of a session that was killed
    stored.forget(laptop)
    before = dict(os.environ)
    os.environ["HEADRACE_HOME"] = str(laptop.directory)  # for the commands under test
    if api == "rest":
        os.environ[VARIABLE] = str(REST_API)
    bring_up(laptop)
    ensure_workspace(laptop)
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


@pytest.fixture(scope="session")
def shop(laptop: Laptop, local: dict[str, Any]) -> Shop:
    """The session's stack, warm: every function of the path has run once."""
    shop = Shop(Stack.load(), local)
    shop.accept(identify("warm", phone="+12025550199", email="warm@example.com", consents={"sms": True}))
    shop.accept(
        track("warm", "Registration"), track("warm", "Complete Purchase", amount=1000, currency="USD")
    )
    eventually(lambda: shop.messages("warm"), lambda found: len(found) == 2 and settled(found), 120)
    eventually(lambda: shop.rows("select name from events"), lambda rows: len(rows) >= 3, 120)
    return shop


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of one module: Playwright has one at a time, and others open their own."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def apply(shop: Shop, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Apply the sample workspace with files added or replaced; afterwards it is the sample again."""

    def with_files(**changes: str) -> None:
        """`plan__more="..."` is the file plan/more.yaml."""
        shutil.rmtree(tmp_path / "shop", ignore_errors=True)
        files = {f"{name.replace('__', '/')}.yaml": text for name, text in changes.items()}
        shop.apply(changed_shop(tmp_path, files))

    yield with_files
    shop.apply()
