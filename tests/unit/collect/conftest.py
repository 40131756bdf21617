from __future__ import annotations

import pytest

from tests.fakes.collect_stage import Stage


@pytest.fixture
def stage() -> Stage:
    return Stage()
