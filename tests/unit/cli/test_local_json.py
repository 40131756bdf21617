"""The file that scripts read."""

from __future__ import annotations

import json
from pathlib import Path

from cli.applying import local_json
from cli.laptop.laptop import Laptop
from cli.laptop.ports import Ports
from cli.source_keys import SourceKeys

PORTS = Ports(gateway=4566, collect=8080)


def source(name: str, key: str | None, trust: str = "server") -> SourceKeys:
    return SourceKeys(name, trust, "lenient", key, None, None, None)


def test_it_says_where_the_stack_is_and_what_its_keys_are(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    local_json.write(laptop, PORTS, [source("web", "c", "browser"), source("shop", "a"), source("crm", "b")])

    assert json.loads((tmp_path / "local.json").read_text()) == {
        "collect_url": "http://127.0.0.1:8080",
        "write_key": "a",
        "write_keys": {"web": "c", "shop": "a", "crm": "b"},
        "aws_endpoint_url": "http://127.0.0.1:4566",
        "region": "us-east-1",
    }


def test_without_a_source_for_servers_the_first_key_is_the_one(tmp_path: Path) -> None:
    sources = [source("kiosk", None), source("web", "c", "browser"), source("app", "d", "browser")]

    assert local_json.write(Laptop(tmp_path), PORTS, sources)["write_key"] == "c"


def test_without_any_key_there_is_none(tmp_path: Path) -> None:
    assert local_json.write(Laptop(tmp_path), PORTS, [source("kiosk", None)])["write_key"] is None


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    laptop.local_json.with_suffix(".new").touch(mode=0o666)  # left by a process that was killed
    local_json.write(laptop, PORTS, [source("shop", "a")])

    assert laptop.local_json.stat().st_mode & 0o077 == 0


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    written = local_json.write(laptop, PORTS, [source("shop", "a")])

    assert local_json.read(laptop) == written


def test_before_the_first_start_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert local_json.read(Laptop(tmp_path)) is None
