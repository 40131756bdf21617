"""A sweep of two people who were seen at noon."""

from __future__ import annotations

import pytest

from tests.fakes.process_stage import Stage, event
from tests.unit.sweep.swept import Swept


@pytest.fixture
def swept() -> Swept:
    stage = Stage()
    stage.deliver(
        stage.record(event("View Item")),
        stage.record(event("View Item", user=None, anonymous="a1")),
    )
    return Swept(stage)
