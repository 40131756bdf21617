"""Pinpoint's API with a source whose key pair signs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.collect_server import serving
from tests.fakes.pinpoint_shop import PinpointShop
from tests.unit.collect.pinpoint.api import Api


@pytest.fixture
def api() -> Any:
    shop = PinpointShop()
    with serving(shop) as server:
        yield Api(shop, server)
