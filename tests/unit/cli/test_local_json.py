"""The file that scripts read."""

from __future__ import annotations

import json
from pathlib import Path

from cli.laptop import local_json
from cli.laptop.laptop import Laptop
from cli.laptop.ports import Ports

PORTS = Ports(gateway=4566, collect=8080)


def test_it_says_where_the_stack_is_and_what_its_keys_are(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    local_json.write(laptop, PORTS, {"lenient": "b", "strict": "a", "browser": "c"})

    assert json.loads((tmp_path / "local.json").read_text()) == {
        "collect_url": "http://127.0.0.1:8080",
        "write_key": "a",
        "write_keys": {"lenient": "b", "strict": "a", "browser": "c"},
        "aws_endpoint_url": "http://127.0.0.1:4566",
        "region": "us-east-1",
    }


def test_without_a_strict_source_the_first_key_is_the_one(tmp_path: Path) -> None:
    assert local_json.write(Laptop(tmp_path), PORTS, {"app": "x", "site": "y"})["write_key"] == "x"


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    local_json.write(laptop, PORTS, {"strict": "a"})

    assert laptop.local_json.stat().st_mode & 0o077 == 0


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    written = local_json.write(laptop, PORTS, {"strict": "a"})

    assert local_json.read(laptop) == written


def test_before_the_first_start_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert local_json.read(Laptop(tmp_path)) is None
