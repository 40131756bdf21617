"""The adapters of what the stages use run twice, on moto and on the simulation: both are held to one contract."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.pretended_aws import Cloud

ON_BOTH = frozenset(
    {
        "test_announcing", "test_delivery", "test_failed_tries", "test_rejected", "test_secrets",
        "test_stream", "test_stream_reader", "test_tee", "test_workspaces",
    }
)  # fmt: skip
FOLDERS_ON_BOTH = frozenset({"messages", "profiles"})

ON_MOTO = frozenset({"test_throttling"})
"""Where the test itself answers in moto's stead."""


@pytest.fixture
def cloud(request: pytest.FixtureRequest) -> Cloud:
    found: Cloud = getattr(request, "param", "moto")
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    path = metafunc.definition.path
    if path.stem in ON_BOTH or (path.parent.name in FOLDERS_ON_BOTH and path.stem not in ON_MOTO):
        metafunc.fixturenames.append("cloud")
        metafunc.parametrize("cloud", ["moto", "simulated"], indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[Any]) -> None:
    """A fake that is in the place of an adapter needs no cloud at all: it runs once."""
    twice = [one for one in items if hasattr(one, "callspec") and _is_repeated(one.callspec.params)]
    if twice:
        config.hook.pytest_deselected(items=twice)
        items[:] = [one for one in items if one not in set(twice)]


def _is_repeated(params: dict[str, Any]) -> bool:
    return params.get("cloud") == "simulated" and any(
        isinstance(value, str) and value == "fake" for value in params.values()
    )
