from __future__ import annotations

import pytest

from tests.fakes.collecting import Stage


@pytest.fixture
def stage() -> Stage:
    return Stage()
