"""A laptop with nothing saved yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.laptop import stored
from cli.laptop.laptop import Laptop


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    laptop = Laptop(tmp_path)
    stored.opened(laptop)
    return laptop
