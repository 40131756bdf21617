from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.lake import FakeLake


@pytest.fixture
def lake() -> Iterator[FakeLake]:
    lake = FakeLake()
    yield lake
    lake.close()
