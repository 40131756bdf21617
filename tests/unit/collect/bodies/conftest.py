"""Bodies come through a REST API, which keeps every byte; what an HTTP API makes of them is in `test_gateways.py`."""

from __future__ import annotations

import pytest

from tests.fakes.collect_stage import Stage


@pytest.fixture
def stage(stage: Stage) -> Stage:
    stage.api = "rest"
    return stage
