"""Each target is synthesised once: starting the CDK's Node takes most of the time of these tests."""

from __future__ import annotations

import pytest

from infra.settings.stages import TARGETS
from tests.infra.template import Template, synthesised


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/infra/" in item.path.as_posix():
            item.add_marker("infra")


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    return {
        stage: synthesised(settings, tmp_path_factory.mktemp(stage)) for stage, settings in TARGETS.items()
    }


@pytest.fixture(params=list(TARGETS))
def template(request: pytest.FixtureRequest, templates: dict[str, Template]) -> Template:
    """Every target in turn."""
    return templates[request.param]


@pytest.fixture(params=["dev", "prod"])
def on_aws(request: pytest.FixtureRequest, templates: dict[str, Template]) -> Template:
    return templates[request.param]


@pytest.fixture
def prod(templates: dict[str, Template]) -> Template:
    return templates["prod"]
