"""`.headrace/local.json`: where the laptop stack is and its keys, for people's scripts and for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cli.laptop import access
from cli.laptop.laptop import REGION, Laptop
from cli.laptop.ports import Ports

PREFERRED = "strict"
"""The source whose key is `write_key`: examples are sent with it, so that mistakes are seen."""


def write(laptop: Laptop, ports: Ports, write_keys: Mapping[str, str]) -> dict[str, Any]:
    """Replace the file at once; only its owner may read it. `write_keys` has a key per source, at least one."""
    content = {
        "collect_url": access.collect_url(ports),
        "write_key": write_keys.get(PREFERRED) or next(iter(write_keys.values())),
        "write_keys": dict(write_keys),
        "aws_endpoint_url": access.gateway_url(ports),
        "region": REGION,
    }
    new = laptop.local_json.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(content, indent=2) + "\n")
    new.replace(laptop.local_json)
    return content


def read(laptop: Laptop) -> dict[str, Any] | None:
    """None before the first `headrace up`."""
    try:
        content: dict[str, Any] = json.loads(laptop.local_json.read_text())
    except FileNotFoundError:
        return None
    return content
