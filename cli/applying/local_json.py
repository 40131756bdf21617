"""`.headrace/local.json`: where the laptop stack is and its keys, for people's scripts and for tests."""

from __future__ import annotations

import json
from typing import Any

from cli.laptop import access
from cli.laptop.laptop import REGION, Laptop
from cli.laptop.ports import Ports
from cli.laptop.private_file import write_privately
from cli.source_keys import SourceKeys, preferred, write_keys


def write(laptop: Laptop, ports: Ports, sources: list[SourceKeys]) -> dict[str, Any]:
    """Replace the file at once; only its owner may read it. `write_key` is that of the first source for servers."""
    keys = write_keys(sources)
    content = {
        "collect_url": access.collect_url(ports),
        "write_key": keys.get(preferred(sources) or ""),
        "write_keys": keys,
        "aws_endpoint_url": access.gateway_url(ports),
        "region": REGION,
    }
    write_privately(laptop.local_json, json.dumps(content, indent=2).encode() + b"\n")
    return content


def read(laptop: Laptop) -> dict[str, Any] | None:
    """None before the first `headrace up`."""
    try:
        content: dict[str, Any] = json.loads(laptop.local_json.read_text())
    except FileNotFoundError:
        return None
    return content
