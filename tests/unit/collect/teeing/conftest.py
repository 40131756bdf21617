"""Collect with a queue to the vendor."""

from __future__ import annotations

import pytest

from tests.fakes.collect_stage import (
    Stage,
)
from tests.unit.collect.teeing.shop import SHOP


@pytest.fixture
def stage() -> Stage:
    return Stage(SHOP)
